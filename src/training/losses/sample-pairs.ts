/** All pairs of a batch's samples, for losses that compare samples with each other instead of with class centers. */
import {
  cast,
  constant,
  div,
  equal,
  fixedSize,
  l2Normalize,
  matmul,
  maximum,
  mul,
  reduceSum,
  reshape,
  sub,
  type Value,
} from "../../compiler/graph/index.ts";
import type { LossInputs } from "./loss.ts";

/** Every ordered pair of a batch's samples, by rows and columns: f32[batch, batch]. */
export type SamplePairs = {
  /** cos θ between two embeddings. */
  readonly cosine: Value;
  /** 1 for two samples of one identity, else 0; a sample and itself are no pair. */
  readonly genuine: Value;
  /** 1 for samples of two identities, else 0. */
  readonly impostor: Value;
};

/** The pairs of a batch. */
export function samplePairs({ embeddings, labels }: Pick<LossInputs, "embeddings" | "labels">): SamplePairs {
  const batchSize = fixedSize("samplePairs", labels.shape[0]);
  const unit = l2Normalize(embeddings);
  const same = cast(equal(reshape(labels, [batchSize, 1]), reshape(labels, [1, batchSize])), "f32");
  const diagonal = constant(
    Float32Array.from({ length: batchSize ** 2 }, (_, i) => (i % (batchSize + 1) === 0 ? 1 : 0)),
    [batchSize, batchSize],
  );
  return {
    cosine: matmul(unit, unit, { transposeB: true }),
    genuine: sub(same, diagonal),
    impostor: sub(1, same),
  };
}

/** Mean of the values that are weighted by 1 among those weighted by 0; 0 where there is none. */
export function meanOver(weights: Value, values: Value): Value {
  return div(reduceSum(mul(weights, values)), maximum(reduceSum(weights), 1));
}
