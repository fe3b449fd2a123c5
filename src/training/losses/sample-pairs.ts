/** The pairs of samples in a batch, for losses that compare samples with each other instead of with class centers. */
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
import type { LossScope } from "./loss.ts";

/** Every ordered pair of a batch's samples, by rows and columns: f32[batch, batch]. */
export type SamplePairs = {
  /** cos θ between two embeddings. */
  readonly cosine: Value;
  /** 1 for two different samples of one identity, else 0. */
  readonly genuine: Value;
  /** 1 for samples of two identities, else 0. */
  readonly impostor: Value;
};

/** The pairs of a batch. */
export function samplePairs({ embeddings, labels }: Pick<LossScope, "embeddings" | "labels">): SamplePairs {
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

/** Mean of the values with weight 1; 0 when all weights are 0. */
export function meanOver(weights: Value, values: Value): Value {
  return div(reduceSum(mul(weights, values)), maximum(reduceSum(weights), 1));
}
