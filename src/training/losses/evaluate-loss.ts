import { OptionError, ShapeError } from "../../base/core/index.ts";
import { gradients, input } from "../../compiler/graph/index.ts";
import { compile, type Tensor } from "../../compiler/runtime/index.ts";
import { lossValue } from "./loss.ts";
import { createLoss, type LossOptions } from "./registry.ts";

/** Rows of numbers: arrays, or typed arrays. */
export type Rows = readonly ArrayLike<number>[];

/** A loss, and the arrays that it is evaluated for. */
export type LossEvaluation = {
  readonly loss: LossOptions;
  /** [batch][size], not normalized. */
  readonly embeddings: Rows;
  /** [identities][size], not normalized: row j is the center of identity j. */
  readonly centers: Rows;
  /** [batch], each in [0, identities). */
  readonly labels: ArrayLike<number>;
  /** [identities][size]: class means before the batch, for center loss; default 0, as training begins. */
  readonly means?: Rows;
};

/** A loss and its gradients, as plain arrays. */
export type EvaluatedLoss = {
  /** Mean over the batch. */
  readonly loss: number;
  /** [batch][size]: ∂loss/∂embeddings. */
  readonly embeddingGradients: number[][];
  /** [identities][size]: ∂loss/∂centers. */
  readonly centerGradients: number[][];
};

/**
 * A loss and its gradients for plain arrays, computed in f32 by the graph that training uses: for checking other
 * implementations against this one.
 *
 * @throws {ShapeError} for rows of different lengths, or a label that is no identity.
 * @throws {OptionError} for an unknown loss, a number outside the loss's range, or an element that is not finite in f32.
 */
export async function evaluateLoss({
  loss,
  embeddings,
  centers,
  labels,
  means,
}: LossEvaluation): Promise<EvaluatedLoss> {
  const x = matrix("embeddings", embeddings);
  const w = matrix("centers", centers);
  if (x.shape[1] !== w.shape[1]) {
    throw new ShapeError(
      `evaluateLoss: got embeddings of size ${x.shape[1]} and centers of size ${w.shape[1]}, expected one size`,
    );
  }
  if (labels.length !== x.shape[0]) {
    throw new ShapeError(`evaluateLoss: got ${labels.length} labels for ${x.shape[0]} embeddings, expected one each`);
  }
  const y = Int32Array.from(Array.from(labels, (label, i) => requireLabel(label, i, w.shape[0]!)));
  const zeros = { ...w, data: new Float32Array(w.shape[0] * w.shape[1]) };
  const c = means === undefined ? zeros : matrix("means", means);
  if (c.shape.join() !== w.shape.join()) {
    throw new ShapeError(`evaluateLoss: got means of [${c.shape}], expected [${w.shape}], as the centers are`);
  }
  const values = {
    embeddings: input("embeddings", "f32", x.shape),
    centers: input("centers", "f32", w.shape),
    labels: input("labels", "i32", [y.length]),
    means: input("means", "f32", c.shape),
  };
  const made = createLoss(loss);
  const value = lossValue(made, values);
  const [dx, dw] = gradients(value, [values.embeddings, values.centers]);
  // One thread: as fast at these sizes, and sums have the same order on every machine.
  const graph = { name: "evaluateLoss", outputs: { loss: value, dx: dx!, dw: dw! } };
  const { session } = await compile(graph, { threads: 1 });
  try {
    const results = await session.run({
      embeddings: x,
      centers: w,
      labels: { type: "i32", shape: [y.length], data: y },
      ...(made.nextMeans === undefined ? {} : { means: c }),
    });
    return {
      loss: results.loss!.data[0] as number,
      embeddingGradients: rows(results.dx!),
      centerGradients: rows(results.dw!),
    };
  } finally {
    await session.close();
  }
}

function matrix(name: string, given: Rows): Tensor & { shape: readonly [number, number] } {
  const size = given[0]?.length ?? 0;
  if (size === 0)
    throw new ShapeError(`evaluateLoss: got no ${name}, expected at least one row of at least one number`);
  const data = new Float32Array(given.length * size);
  for (const [i, row] of given.entries()) {
    if (row.length !== size) {
      throw new ShapeError(`evaluateLoss: ${name}[${i}] has ${row.length} numbers, expected ${size} as in row 0`);
    }
    for (let k = 0; k < size; k++) {
      const value = Math.fround(row[k]!);
      if (!Number.isFinite(value)) {
        throw new OptionError(`evaluateLoss: ${name}[${i}][${k}] is not finite in f32, expected finite numbers`);
      }
      data[i * size + k] = value;
    }
  }
  return { type: "f32", shape: [given.length, size], data };
}

function requireLabel(label: number, index: number, identityCount: number): number {
  if (Number.isInteger(label) && label >= 0 && label < identityCount) return label;
  throw new ShapeError(`evaluateLoss: labels[${index}] is ${label}, expected a whole number in [0, ${identityCount})`);
}

function rows({ shape, data }: Tensor): number[][] {
  const size = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, i) =>
    Array.from((data as Float32Array).subarray(i * size, (i + 1) * size)),
  );
}
