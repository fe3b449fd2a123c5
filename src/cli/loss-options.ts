/** The loss of `cosface train` from its flags. */
import { OptionError } from "../base/core/index.ts";
import type { SphereSize } from "../measure/hypersphere/index.ts";
import { type ChosenLoss, chooseLossOptions, findLoss, type LossName } from "../training/losses/index.ts";

/** The flags for the loss. */
export type LossFlags = {
  readonly loss: LossName;
  readonly margin?: number | "auto";
  /** m1, m2 and m3 of combined. */
  readonly m1?: number;
  readonly m2?: number;
  readonly m3?: number;
  readonly scale?: number | "auto" | "norm";
  readonly lambda?: number;
  readonly weight?: number;
};

/**
 * The loss with each "auto" replaced by a chosen number, and the reasons for the choices.
 *
 * @throws {OptionError} for a flag that the loss does not have, a value out of range, and "auto" where no bound is known.
 */
export function settleLoss({ loss: name, ...flags }: LossFlags, size: SphereSize): ChosenLoss {
  const byFlag = new Map(Object.entries(findLoss(name).options).map(([key, { flag = key }]) => [flag, key]));
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  const options = given.map(([flag, value]) => {
    const key = byFlag.get(flag);
    if (key !== undefined) return [key, value] as const;
    const expected = [...byFlag.keys()].map((known) => `--${known}`);
    const list = expected.length < 2 ? expected.join("") : `${expected.slice(0, -1).join(", ")} and ${expected.at(-1)}`;
    throw new OptionError(
      `got --${flag} with --loss ${name}, expected ${expected.length === 0 ? "no options of a loss" : list}`,
    );
  });
  return chooseLossOptions({ name, ...Object.fromEntries(options) }, size);
}
