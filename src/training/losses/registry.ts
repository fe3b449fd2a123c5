import { OptionError, requireOneOf } from "../../base/core/index.ts";
import { arcFace } from "./arcface.ts";
import { aSoftmax } from "./asoftmax.ts";
import { softmaxCenter } from "./center.ts";
import { combinedMargin } from "./combined.ts";
import { softmaxContrastive } from "./contrastive.ts";
import { cosFace } from "./cosface.ts";
import type { FaceLoss, Scale } from "./loss.ts";
import { lSoftmax } from "./lsoftmax.ts";
import { nsl } from "./nsl.ts";
import { softmaxLoss } from "./softmax.ts";
import { triplet } from "./triplet.ts";

/** Names of the losses. */
export const lossNames = [
  "softmax",
  "nsl",
  "lsoftmax",
  "asoftmax",
  "cosface",
  "arcface",
  "combined",
  "contrastive",
  "center",
  "triplet",
] as const;
/** Name of a loss, as on the command line. */
export type LossName = (typeof lossNames)[number];

/** A loss by name, with what it takes; a field that a loss does not have is left aside. */
export type LossOptions = {
  readonly name: LossName;
  /** s of nsl, cosface, arcface, combined and asoftmax; "norm" for cosface and asoftmax: the embeddings keep their norm. */
  readonly scale?: Scale;
  /**
   * cosface: in cosine; arcface: radians; asoftmax and lsoftmax: multiplier of the angle; combined: m3, in cosine;
   * contrastive: a distance of unit embeddings; triplet: a difference of their squares.
   */
  readonly margin?: number;
  /** contrastive and center: λ, beside softmax. */
  readonly weight?: number;
  /** asoftmax and lsoftmax: λ. */
  readonly lambda?: number;
  /** combined: m1. */
  readonly multiplier?: number;
  /** combined: m2. */
  readonly marginRadians?: number;
};

/** Makes a loss. @throws {OptionError} for an unknown name, or for a number outside the loss's range. */
export function createLoss({ name, ...given }: LossOptions): FaceLoss {
  const options: Omit<LossOptions, "name"> = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  switch (requireOneOf("loss", name, lossNames)) {
    case "softmax":
      return softmaxLoss();
    case "nsl":
      return nsl(withoutNorm(name, options));
    case "lsoftmax":
      return lSoftmax(options);
    case "asoftmax":
      return aSoftmax(options);
    case "cosface":
      return cosFace(options);
    case "arcface": {
      const { margin, ...rest } = withoutNorm(name, options);
      return arcFace(margin === undefined ? rest : { ...rest, marginRadians: margin });
    }
    case "combined":
      return combinedMargin(withoutNorm(name, options));
    case "contrastive":
      return softmaxContrastive(options);
    case "center":
      return softmaxCenter(options);
    case "triplet":
      return triplet(options);
    default:
      throw new OptionError(`internal: loss '${name}' has no maker`);
  }
}

/** Options of a loss whose scale can only be a number. */
function withoutNorm(name: LossName, { scale, ...rest }: Omit<LossOptions, "name">): typeof rest & { scale?: number } {
  if (scale === "norm") throw new OptionError(`${name}: scale: got 'norm', expected a positive number`);
  return scale === undefined ? rest : { ...rest, scale };
}
