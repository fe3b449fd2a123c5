/**
 * TensorFlow Lite files → graphs of this project's ops, for the ops that MediaPipe's face networks are made of. Such a
 * file is a list of ops in the order in which they run, on numbered tensors; a tensor with data is a constant. Pictures are
 * channels last there and channels first here, so a kernel is turned when it is read, and a picture when it is reshaped.
 *
 * @see The schema, version 3: tensorflow/lite/schema/schema.fbs. Fields below are numbered in its order.
 */
import { ModelError } from "../../base/core/index.ts";
import {
  add,
  cast,
  concat,
  constant,
  constantData,
  conv2d,
  fixedSize,
  maxPool,
  pad,
  prelu,
  relu,
  reshape,
  transpose,
  type Value,
} from "../graph/index.ts";
import { FlatTable } from "./flatbuffer.ts";
import { samePadding } from "./layers.ts";

/** A network of a file: its outputs, in the file's order, for pictures f32[batch, 3, height, width] of its own size. */
export type TfliteNetwork = {
  /** [height, width] of the pictures it takes. */
  readonly inputSize: readonly [number, number];
  readonly build: (pictures: Value) => Value[];
};

/** Reads a file. @throws {ModelError} for bytes that are none, and for ops and element types not used by face networks. */
export function readTflite(bytes: Uint8Array): TfliteNetwork {
  const file = FlatTable.root(bytes, "TFL3");
  const codes = file.tables(1).map((code) => Math.max(code.byte(0), code.integer(3)));
  const [subgraph] = file.tables(2);
  const buffers = file.tables(4);
  const tensors = subgraph!.tables(0);
  const [input] = subgraph!.integers(1);
  const [, height, width] = tensors[input!]!.integers(0);
  return {
    inputSize: [height!, width!],
    build: (pictures) => {
      const values = new Map<number, Value>([[input!, pictures]]);
      const read = (index: number): Value => values.get(index) ?? readConstant(tensors[index]!, buffers);
      for (const operator of subgraph!.tables(3)) {
        const build = builders[codes[operator.integer(0)]!];
        if (build === undefined) throw new ModelError(`got the TensorFlow Lite op ${codes[operator.integer(0)]}`);
        const [output] = operator.integers(2);
        const shape = tensors[output!]!.integers(0);
        values.set(output!, build(operator.integers(1).map(read), operator.table(4), shape));
      }
      return subgraph!.integers(2).map(read);
    },
  };
}

/** Element types of the schema. */
const [FLOAT32, FLOAT16, INT32] = [0, 1, 2];

function readConstant(tensor: FlatTable, buffers: readonly FlatTable[]): Value {
  const shape = tensor.integers(0);
  const data = buffers[tensor.integer(2)]!.bytes(0);
  const count = shape.reduce((product, size) => product * size, 1);
  const type = tensor.byte(1);
  if (type === INT32)
    return constant(
      Int32Array.from({ length: count }, (_, i) => data.getInt32(4 * i, true)),
      shape,
    );
  if (type === FLOAT32) {
    return constant(
      Float32Array.from({ length: count }, (_, i) => data.getFloat32(4 * i, true)),
      shape,
    );
  }
  if (type === FLOAT16) {
    return constant(
      Float32Array.from({ length: count }, (_, i) => fromHalf(data.getUint16(2 * i, true))),
      shape,
    );
  }
  throw new ModelError(`got a TensorFlow Lite tensor of type ${type}, expected f32, f16 or i32`);
}

/** IEEE half precision: one bit of sign, five of exponent, ten of fraction. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 0x400;
  if (exponent === 0) return sign * 2 ** -14 * fraction;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction);
}

type Builder = (inputs: readonly Value[], options: FlatTable | undefined, shape: readonly number[]) => Value;

/** By the schema's number of the op. */
const builders: { readonly [code: number]: Builder } = {
  // ADD
  0: ([a, b], options) => activate(add(a!, b!), options!.byte(0)),
  // CONCATENATION, along the axis of a tensor that is no picture.
  2: (inputs, options) => concat(inputs, options!.integer(0)),
  // CONV_2D: kernels are [outputs, height, width, inputs].
  3: ([x, kernel, bias], options) => {
    const w = constantTranspose(kernel!, [0, 3, 1, 2]);
    const stride = [options!.integer(2), options!.integer(1)] as const;
    return activate(
      conv2d(x!, w, { stride, padding: padding(x!, w, stride, options!), bias: bias! }),
      options!.byte(3),
    );
  },
  // DEPTHWISE_CONV_2D: kernels are [1, height, width, channels].
  4: ([x, kernel, bias], options) => {
    const w = constantTranspose(kernel!, [3, 0, 1, 2]);
    const stride = [options!.integer(2), options!.integer(1)] as const;
    const groups = fixedSize("depthwise", w.shape[0]);
    const y = conv2d(x!, w, { stride, padding: padding(x!, w, stride, options!), groups, bias: bias! });
    return activate(y, options!.byte(4));
  },
  // DEQUANTIZE: constants are f32 here already.
  6: ([x]) => (x!.type === "f32" ? x! : cast(x!, "f32")),
  // MAX_POOL_2D
  17: ([x], options) => {
    const stride = [options!.integer(2), options!.integer(1)] as const;
    const kernel = [options!.integer(4), options!.integer(3)] as const;
    return maxPool(x!, { kernel, stride, padding: [0, 0, 0, 0] });
  },
  // RELU
  19: ([x]) => relu(x!),
  // RESHAPE of a picture, batch by batch.
  22: ([x], _, shape) => reshape(transpose(x!, [0, 2, 3, 1]), [x!.shape[0]!, ...shape.slice(1)]),
  // PAD: pairs of sizes before and after, for batch, height, width, channels.
  34: ([x, sizes]) => {
    const amounts = constantData(sizes!) as Int32Array;
    return [2, 3, 1].reduce(
      (y, axis, i) => pad(y, { axis, before: amounts[2 * i + 2]!, after: amounts[2 * i + 3]! }),
      x!,
    );
  },
  // PRELU: slopes are [1, 1, channels].
  54: ([x, slopes]) => prelu(x!, reshape(slopes!, [slopes!.shape.at(-1)!, 1, 1])),
};

/** Activations that an op may carry: none, ReLU. */
function activate(x: Value, activation: number): Value {
  if (activation === 0) return x;
  if (activation === 1) return relu(x);
  throw new ModelError(`got the TensorFlow Lite activation ${activation}, expected none or ReLU`);
}

/** Padding "same" (0) or "valid" (1), which is stored first in the options of convolutions. */
function padding(x: Value, w: Value, [stride]: readonly [number, number], options: FlatTable) {
  return options.byte(0) === 0 ? samePadding(x, fixedSize("kernel", w.shape[2]), stride) : ([0, 0, 0, 0] as const);
}

/** A constant with its axes in another order, as a constant: no op is left in the graph. */
function constantTranspose(value: Value, order: readonly [number, number, number, number]): Value {
  const data = constantData(value) as Float32Array;
  const from = value.shape as readonly number[];
  const strides = [from[1]! * from[2]! * from[3]!, from[2]! * from[3]!, from[3]!, 1];
  const shape = order.map((axis) => from[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const moved = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    let rest = i;
    let at = 0;
    for (let axis = 3; axis >= 0; axis--) {
      at += (rest % shape[axis]!) * steps[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    moved[i] = data[at]!;
  }
  return constant(moved, shape);
}
