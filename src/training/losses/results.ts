/** Results of a graph as numbers: a missing one is a mistake of this package. */
import { InternalError } from "../../base/core/index.ts";
import type { Tensors } from "../../compiler/runtime/index.ts";

/** The elements of an f32 result. @throws {InternalError} when the graph has no such output. */
export function floats(results: Tensors, name: string): Float32Array {
  const data = results[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new InternalError(`internal: the graph returned no f32 tensor '${name}'`);
}

/** An element of an array. @throws {InternalError} for an index beyond it. */
export function at(values: Float32Array | Float64Array | Uint32Array | Int32Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw new InternalError(`internal: got index ${index} of ${values.length} numbers`);
  return value;
}
