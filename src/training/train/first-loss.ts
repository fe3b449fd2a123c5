/** What the first loss says about a run: a wrong one is a fault that no training mends. */
import { TrainingError } from "../../base/core/index.ts";
import { expectedFirstLoss } from "../../measure/hypersphere/index.ts";
import type { FaceLoss } from "../losses/index.ts";

/** How far a first loss may lie from its expectation: published logs differ by up to 2, batches and small networks more. */
const TOLERATED = { absolute: 4, relative: 0.35 };

/** Losses of cosines, a scale and an additive margin. */
const BOUNDED = ["nsl", "cosface", "arcface"];

export type FirstLoss = {
  readonly loss: FaceLoss;
  readonly value: number;
  /** Margin in the first step. */
  readonly margin: number;
  readonly identityCount: number;
  readonly embeddingSize: number;
};

/**
 * Stops a run whose first loss cannot be that of an untrained network. Only losses of cosines and an additive margin have
 * an expectation here: others depend on the embeddings' norm, or move angles near 90° by much.
 *
 * @throws {TrainingError} naming what was got, what was expected and what makes such a difference.
 */
export function requirePlausibleFirstLoss({ loss, value, margin, identityCount, embeddingSize }: FirstLoss): void {
  if (loss.scale === 1 || !BOUNDED.includes(loss.name)) return;
  const expected = expectedFirstLoss({
    identities: identityCount,
    dimension: embeddingSize,
    scale: loss.scale,
    // An angular margin lowers a target near 90° by sin m.
    margin: loss.name === "arcface" ? Math.sin(margin) : margin,
  });
  if (Math.abs(value - expected) <= TOLERATED.absolute + TOLERATED.relative * expected) return;
  throw new TrainingError(
    `first loss: got ${value.toFixed(2)}, expected about ${expected.toFixed(2)} for ${identityCount} identities, s = ${loss.scale}, margin ${margin}: ` +
      "check that images are normalized and labels belong to them, and that the network does not map all images to one point",
  );
}
