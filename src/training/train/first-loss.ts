/** The check of a run's first loss: a wrong one is a fault that no training mends. */
import { TrainingError } from "../../base/core/index.ts";
import type { FaceLoss } from "../losses/index.ts";

/**
 * How far a first loss may lie from its expectation: published logs differ by up to 2, batches and small networks more.
 */
const TOLERATED = { absolute: 4, relative: 0.35 };

export type FirstLoss = {
  readonly loss: FaceLoss;
  readonly value: number;
  /** Margin in the first step. */
  readonly margin: number;
  readonly identityCount: number;
  readonly embeddingSize: number;
};

/**
 * Stops a run whose first loss cannot be the loss of an untrained network, for losses that say what to expect.
 *
 * @throws {TrainingError} naming the value, the expectation and what makes such a difference.
 */
export function requirePlausibleFirstLoss({ loss, value, margin, identityCount, embeddingSize }: FirstLoss): void {
  const expected = loss.firstLoss?.({ identities: identityCount, dimension: embeddingSize }, margin);
  if (expected === undefined || Math.abs(value - expected) <= TOLERATED.absolute + TOLERATED.relative * expected)
    return;
  throw new TrainingError(
    `first loss: got ${value.toFixed(2)}, expected about ${expected.toFixed(2)} for ${identityCount} identities, s = ${loss.scale ?? 1}, margin ${margin}: ` +
      "check that images are normalized and labels belong to them, and that the network does not map all images to one point",
  );
}
