/**
 * TensorFlow Lite files → graphs of this project's ops, for the ops that MediaPipe's face networks consist of. Such a
 * file lists ops in the order in which they run, on numbered tensors; a tensor with data is a constant. Activations
 * are channels last in the file and channels first here, so kernels are transposed when they are read, and
 * activations when they are reshaped.
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

/** A network of a file: its outputs, in the file's order, for images f32[batch, 3, height, width] of its input size. */
export type TfliteNetwork = {
  /** [height, width] of the network's images. */
  readonly inputSize: readonly [number, number];
  readonly build: (images: Value) => Value[];
};

/** Reads a file. @throws {ModelError} for other files, and for ops and element types that face networks do not use. */
export function readTflite(bytes: Uint8Array): TfliteNetwork {
  const file = FlatTable.root(bytes, "TFL3");
  const codes = file.tables(1).map((code) => Math.max(code.byte(0), code.integer(3)));
  const subgraph = itemOf(file.tables(2), 0, "subgraph");
  const buffers = file.tables(4);
  const tensors = subgraph.tables(0);
  const input = itemOf(subgraph.integers(1), 0, "input");
  const [, height, width] = itemOf(tensors, input, "tensor").integers(0);
  if (height === undefined || width === undefined) throw new ModelError("got an input that is not a batch of images");
  return {
    inputSize: [height, width],
    build: (images) => {
      const values = new Map<number, Value>([[input, images]]);
      const read = (index: number): Value =>
        values.get(index) ?? readConstant(itemOf(tensors, index, "tensor"), buffers);
      for (const table of subgraph.tables(3)) {
        const output = itemOf(table.integers(2), 0, "output");
        const code = itemOf(codes, table.integer(0), "op");
        const build = builders[code];
        if (build === undefined) throw new ModelError(`got the TensorFlow Lite op ${code}`);
        values.set(output, build(new Operator(table, read, itemOf(tensors, output, "tensor").integers(0))));
      }
      return subgraph.integers(2).map(read);
    },
  };
}

/** An item of a list in the file. @throws {ModelError} when the file has no such item. */
function itemOf<T>(items: readonly T[], index: number, what: string): T {
  const item = items[index];
  if (item === undefined) throw new ModelError(`got a TensorFlow Lite file without ${what} ${index}: is it complete?`);
  return item;
}

/** One op of the file, with its inputs, options and the shape of its output. */
class Operator {
  readonly inputs: readonly Value[];
  /** Shape of the output in the file, channels last. */
  readonly shape: readonly number[];
  readonly #options: FlatTable | undefined;

  constructor(table: FlatTable, read: (index: number) => Value, shape: readonly number[]) {
    this.inputs = table.integers(1).map(read);
    this.shape = shape;
    this.#options = table.table(4);
  }

  /** @throws {ModelError} when the op has fewer inputs. */
  input(index: number): Value {
    return itemOf(this.inputs, index, "input");
  }

  /** @throws {ModelError} when the op has no options. */
  get options(): FlatTable {
    if (this.#options !== undefined) return this.#options;
    throw new ModelError("got a TensorFlow Lite op without its options");
  }

  /** Strides of rows and columns, which the schema stores the other way round. */
  get stride(): readonly [number, number] {
    return [this.options.integer(2), this.options.integer(1)];
  }
}

/** Element types of the schema. */
const [FLOAT32, FLOAT16, INT32] = [0, 1, 2];

function readConstant(tensor: FlatTable, buffers: readonly FlatTable[]): Value {
  const shape = tensor.integers(0);
  const data = itemOf(buffers, tensor.integer(2), "buffer").bytes(0);
  const length = shape.reduce((product, size) => product * size, 1);
  const floats = (read: (i: number) => number) =>
    constant(
      Float32Array.from({ length }, (_, i) => read(i)),
      shape,
    );
  const type = tensor.byte(1);
  if (type === INT32) {
    const integers = Int32Array.from({ length }, (_, i) => data.getInt32(4 * i, true));
    return constant(integers, shape);
  }
  if (type === FLOAT32) return floats((i) => data.getFloat32(4 * i, true));
  if (type === FLOAT16) return floats((i) => fromHalf(data.getUint16(2 * i, true)));
  throw new ModelError(`got a TensorFlow Lite tensor of type ${type}, expected f32, f16 or i32`);
}

/** A number in IEEE half precision: one bit of sign, five of exponent, ten of fraction. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 0x400;
  if (exponent === 0) return sign * 2 ** -14 * fraction;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction);
}

/** How each op is built, by its number in the schema. */
const builders: { readonly [code: number]: (op: Operator) => Value } = {
  // ADD
  0: (op) => activate(add(op.input(0), op.input(1)), op.options.byte(0)),
  // CONCATENATION, of tensors that are not images.
  2: (op) => concat(op.inputs, op.options.integer(0)),
  // CONV_2D: kernels are [outputs, height, width, inputs].
  3: (op) => {
    const [x, w] = [op.input(0), constantTranspose(op.input(1), [0, 3, 1, 2])];
    const y = conv2d(x, w, { stride: op.stride, padding: padding(x, w, op), bias: op.input(2) });
    return activate(y, op.options.byte(3));
  },
  // DEPTHWISE_CONV_2D: kernels are [1, height, width, channels].
  4: (op) => {
    const [x, w] = [op.input(0), constantTranspose(op.input(1), [3, 0, 1, 2])];
    const groups = fixedSize("depthwise", w.shape[0]);
    const y = conv2d(x, w, { stride: op.stride, padding: padding(x, w, op), groups, bias: op.input(2) });
    return activate(y, op.options.byte(4));
  },
  // DEQUANTIZE: constants are f32 here already.
  6: (op) => (op.input(0).type === "f32" ? op.input(0) : cast(op.input(0), "f32")),
  // MAX_POOL_2D
  17: (op) => {
    const kernel = [op.options.integer(4), op.options.integer(3)] as const;
    return maxPool(op.input(0), { kernel, stride: op.stride, padding: [0, 0, 0, 0] });
  },
  // RELU
  19: (op) => relu(op.input(0)),
  // RESHAPE of an image, batch by batch.
  22: (op) => {
    const [batch = 1] = op.input(0).shape;
    return reshape(transpose(op.input(0), [0, 2, 3, 1]), [batch, ...op.shape.slice(1)]);
  },
  // PAD: pairs of sizes before and after, for batch, height, width, channels.
  34: (op) => {
    const sizes = Array.from(constantData(op.input(1)) ?? [], Number);
    return [2, 3, 1].reduce((y, axis, i) => {
      const [before = 0, after = 0] = sizes.slice(2 * i + 2);
      return pad(y, { axis, before, after });
    }, op.input(0));
  },
  // PRELU: slopes are [1, 1, channels].
  54: (op) => {
    const slopes = op.input(1);
    return prelu(op.input(0), reshape(slopes, [fixedSize("slopes", slopes.shape.at(-1)), 1, 1]));
  },
};

/** Applies the activation of an op: none or ReLU. */
function activate(x: Value, activation: number): Value {
  if (activation === 0) return x;
  if (activation === 1) return relu(x);
  throw new ModelError(`got the TensorFlow Lite activation ${activation}, expected none or ReLU`);
}

/** Padding "same" (0) or "valid" (1), the first option of a convolution. */
function padding(x: Value, w: Value, { options, stride: [stride] }: Operator) {
  return options.byte(0) === 0 ? samePadding(x, fixedSize("kernel", w.shape[2]), stride) : ([0, 0, 0, 0] as const);
}

/** Transposes a constant into another constant, so that no op is left in the graph. */
function constantTranspose(value: Value, order: readonly [number, number, number, number]): Value {
  const data = constantData(value);
  if (!(data instanceof Float32Array))
    throw new ModelError("got a convolution whose kernel is not a constant of floats");
  const shape = order.map((axis) => fixedSize("kernel", value.shape[axis]));
  const size = (axis: number) => fixedSize("kernel", value.shape[axis]);
  /** Elements between neighbors along an axis of the source, in the result. */
  const step = (axis: number) => shape.slice(order.indexOf(axis) + 1).reduce((product, length) => product * length, 1);
  const [sizes, steps] = [
    [size(0), size(1), size(2), size(3)],
    [step(0), step(1), step(2), step(3)],
  ] as const;
  const moved = new Float32Array(data.length);
  let from = 0;
  for (let i = 0; i < sizes[0]; i++) {
    for (let j = 0; j < sizes[1]; j++) {
      for (let k = 0; k < sizes[2]; k++) {
        let to = i * steps[0] + j * steps[1] + k * steps[2];
        for (let l = 0; l < sizes[3]; l++, to += steps[3]) moved[to] = data[from++]!;
      }
    }
  }
  return constant(moved, shape);
}
