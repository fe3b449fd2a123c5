/** Nodes that only move or relabel numbers, as lowerings of several ops write them. */
import type { OnnxEmitter } from "../op.ts";

export function emitReshape(onnx: OnnxEmitter, x: string, shape: readonly number[]): string {
  return onnx.node("Reshape", [x, onnx.integers(shape)])[0]!;
}

export function emitTranspose(onnx: OnnxEmitter, x: string, order: readonly number[]): string {
  return onnx.node("Transpose", [x], { perm: order })[0]!;
}
