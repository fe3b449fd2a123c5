import type { SphereSize } from "../../../measure/hypersphere/index.ts";
import { type ChosenLoss, chooseLossOptions, findLoss } from "../../../training/losses/index.ts";
import { keyOfLossOption, type LossFlags } from "./loss-options.ts";

/**
 * The loss of the flags, with each "auto" replaced by a chosen number, and the reasons for the choices.
 *
 * @throws {OptionError} for a value out of range, and for "auto" where no bound is known.
 */
export function resolveLoss(flags: LossFlags & Readonly<Record<string, unknown>>, size: SphereSize): ChosenLoss {
  const values = new Map<string, unknown>(Object.entries(flags));
  const options = Object.entries(findLoss(flags.loss).options).map(
    ([name, option]) => [name, values.get(keyOfLossOption(name, option))] as const,
  );
  const given = options.filter(([, value]) => value !== undefined);
  return chooseLossOptions({ name: flags.loss, ...Object.fromEntries(given) }, size);
}
