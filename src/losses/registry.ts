import { OptionError, requireOneOf } from "../core/index.ts";
import { arcFace } from "./arcface.ts";
import { aSoftmax } from "./asoftmax.ts";
import { combinedMargin } from "./combined.ts";
import { cosFace } from "./cosface.ts";
import type { FaceLoss } from "./loss.ts";
import { nsl } from "./nsl.ts";
import { softmaxLoss } from "./softmax.ts";

/** Names of the losses. */
export const lossNames = ["softmax", "nsl", "asoftmax", "cosface", "arcface", "combined"] as const;
/** Name of a loss, as on the command line. */
export type LossName = (typeof lossNames)[number];

/** A loss by name, with what it takes; a field that a loss does not have is left aside. */
export type LossOptions = {
  readonly name: LossName;
  /** s of nsl, cosface, arcface and combined; softmax and asoftmax keep the embeddings' norm. */
  readonly scale?: number;
  /** cosface: in cosine; arcface: radians; asoftmax: multiplier of the angle; combined: m3, in cosine. */
  readonly margin?: number;
  /** asoftmax: λ. */
  readonly lambda?: number;
  /** combined: m1. */
  readonly multiplier?: number;
  /** combined: m2. */
  readonly marginRadians?: number;
};

/** Makes a loss. @throws {OptionError} for an unknown name, or for a number outside the loss's range. */
export function createLoss({ name, scale, margin, lambda, multiplier, marginRadians }: LossOptions): FaceLoss {
  const scaled = scale === undefined ? {} : { scale };
  switch (requireOneOf("loss", name, lossNames)) {
    case "softmax":
      return softmaxLoss();
    case "nsl":
      return nsl(scaled);
    case "asoftmax":
      return aSoftmax({ ...(margin === undefined ? {} : { margin }), ...(lambda === undefined ? {} : { lambda }) });
    case "cosface":
      return cosFace({ ...scaled, ...(margin === undefined ? {} : { margin }) });
    case "arcface":
      return arcFace({ ...scaled, ...(margin === undefined ? {} : { marginRadians: margin }) });
    case "combined":
      return combinedMargin({
        ...scaled,
        ...(margin === undefined ? {} : { margin }),
        ...(multiplier === undefined ? {} : { multiplier }),
        ...(marginRadians === undefined ? {} : { marginRadians }),
      });
    default:
      throw new OptionError(`internal: loss '${name}' has no maker`);
  }
}
