/** `--scale auto` and `--margin auto`. */
import { OptionError } from "../base/core/index.ts";
import { chooseMargin, chooseScale, type SphereSize } from "../measure/hypersphere/index.ts";
import { type LossName, type LossOptions, PAPER_MARGIN } from "../training/losses/index.ts";

/** What a person gave for the loss. */
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
 * The loss with its numbers chosen, and sentences for the person: why they were chosen.
 *
 * @throws {OptionError} for "auto" with a loss that the bounds say nothing of, and for m1, m2 or m3 with another loss
 *   than combined, or combined with a margin that is none of them.
 */
export function settleLoss(
  flags: LossFlags,
  size: SphereSize,
): { readonly loss: LossOptions; readonly notes: string[] } {
  const { loss: name, lambda, weight, m1, m2, m3 } = flags;
  requireOwnMargins(flags);
  const isBounded = name === "cosface" || name === "nsl";
  const isAuto = flags.margin === "auto" || flags.scale === "auto";
  if (isAuto && !isBounded) {
    throw new OptionError(
      `train: got 'auto' with --loss ${name}, expected numbers: the bounds are those of cosface and nsl`,
    );
  }
  const notes: string[] = [];
  const chosen = <T>(choice: T & { readonly reason: string }): T => {
    notes.push(choice.reason);
    return choice;
  };
  const margin = flags.margin === "auto" ? chosen(chooseMargin(size)).margin : flags.margin;
  const effective = name === "cosface" ? (margin ?? PAPER_MARGIN) : 0;
  const scale = flags.scale === "auto" ? chosen(chooseScale({ ...size, margin: effective })).scale : flags.scale;
  return {
    loss: {
      name,
      ...(margin === undefined ? {} : { margin }),
      ...(m3 === undefined ? {} : { margin: m3 }),
      ...(m2 === undefined ? {} : { marginRadians: m2 }),
      ...(m1 === undefined ? {} : { multiplier: m1 }),
      ...(scale === undefined ? {} : { scale }),
      ...(lambda === undefined ? {} : { lambda }),
      ...(weight === undefined ? {} : { weight }),
    },
    notes,
  };
}

function requireOwnMargins({ loss, margin, m1, m2, m3 }: LossFlags): void {
  const isCombined = loss === "combined";
  const hasThree = m1 !== undefined || m2 !== undefined || m3 !== undefined;
  if (isCombined && margin !== undefined) {
    throw new OptionError("train: got --margin with --loss combined, expected --m1, --m2 and --m3");
  }
  if (!isCombined && hasThree) {
    throw new OptionError(`train: got --m1, --m2 or --m3 with --loss ${loss}, expected --margin: they are combined's`);
  }
}
