/** Nodes that only move or relabel numbers, as lowerings of several ops write them. */
import type { OnnxEmitter } from "../op.ts";

/** The same elements in another shape. */
export function emitReshape(onnx: OnnxEmitter, x: string, shape: readonly number[]): string {
  return onnx.node("Reshape", [x, onnx.integers(shape)]);
}

/** Axes in another order: axis i of the result is axis order[i] of x. */
export function emitTranspose(onnx: OnnxEmitter, x: string, order: readonly number[]): string {
  return onnx.node("Transpose", [x], { perm: order });
}
