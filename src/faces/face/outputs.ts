/** Reading the outputs of a network: a missing output or number is an error that says so, and never NaN. */
import { ModelError } from "../../base/core/index.ts";
import type { Tensor, Tensors } from "../../compiler/runtime/index.ts";

/** The output of this name. @throws {ModelError} when the network has none, or it does not hold f32 numbers. */
export function floatsOf(outputs: Tensors, name: string): Float32Array {
  return floats(name, outputs[name]);
}

/** The numbers of an output. @throws {ModelError} when it is missing, or does not hold f32 numbers. */
export function floats(name: string, tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new ModelError(`detector: got output '${name}' of ${tensor?.type ?? "no numbers"}, expected f32`);
}

/** Number `index`. @throws {ModelError} when there are fewer. */
export function numberAt(numbers: ArrayLike<number>, index: number): number {
  const number = numbers[index];
  if (number !== undefined) return number;
  throw new ModelError(`detector: got ${numbers.length} numbers in an output, expected more than ${index}`);
}
