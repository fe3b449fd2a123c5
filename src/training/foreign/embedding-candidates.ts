import type { TensorType } from "../../compiler/graph/index.ts";
import { readOnnx } from "../../compiler/onnx/index.ts";

/** A tensor of a file that has one row of numbers for each image. */
export type EmbeddingCandidate = {
  readonly name: string;
  /** Numbers a row. */
  readonly size: number;
};

/** Most numbers of an embedding; longer rows are feature maps without their axes. */
const LARGEST = 4096;

/**
 * The tensors of a file that could be its embedding, in the order of its nodes: one row of numbers for each image, be
 * they outputs or inside the graph. A classifier's embedding is often the last but one.
 *
 * @throws {ModelError} for a file that `readOnnx` cannot read.
 */
export function embeddingCandidates(bytes: Uint8Array): EmbeddingCandidate[] {
  return [...readOnnx(bytes, { anyBatch: true }).results].flatMap(([name, value]) => {
    const size = rowSize(value);
    return size === undefined || size < 2 || size > LARGEST ? [] : [{ name, size }];
  });
}

/** Numbers in the row of an image; undefined for a tensor that is not one row an image. */
export function rowSize({ shape, type }: TensorType): number | undefined {
  const [batch, size, ...rest] = shape;
  const isRow = type === "f32" && typeof batch === "string" && rest.every((length) => length === 1);
  return isRow && typeof size === "number" ? size : undefined;
}
