/** Ops that move elements: transpose, concatenate, slice, pad, gather. Each one's gradient moves them back. */
import { ShapeError } from "../../../base/core/index.ts";
import { apply, defineOp, type One, requireSameType } from "../op.ts";
import { fixedSize, normalizeAxis, requireRank } from "../shape.ts";
import { constant, type Dim, type Shape, type TensorType, typedArray, type Value } from "../value.ts";
import { reshape } from "./arithmetic.ts";
import { cast } from "./elementwise.ts";
import { equal } from "./selection.ts";

const transposeOp = defineOp<One, { readonly order: readonly number[] }>({
  name: "transpose",
  infer: ([{ type, shape }], { order }) => {
    if ([...order].sort((a, b) => a - b).join() !== shape.map((_, axis) => axis).join()) {
      throw new ShapeError(`transpose: got order [${order}], expected each axis of [${shape}] once`);
    }
    return [{ type, shape: order.flatMap((axis): Shape => shape.slice(axis, axis + 1)) }];
  },
  emit: (onnx, inputs, { attributes: { order } }) => [onnx.node("Transpose", inputs, { perm: order })],
  vjp: ({ dy, attributes: { order } }) => {
    const inverse = order.map((_, axis) => order.indexOf(axis));
    return [transpose(dy, inverse)];
  },
  samples: () => [{ inputs: [{ shape: [2, 3, 4] }], attributes: { order: [2, 0, 1] } }],
});
/** Axes in another order: axis i of the result is axis order[i] of x. By default the order is reversed. */
export const transpose = (x: Value, order: readonly number[] = x.shape.map((_, axis) => axis).reverse()): Value =>
  apply(transposeOp, [x], { order });

const concatOp = defineOp<readonly Value[], { readonly axis: number }>({
  name: "concat",
  infer: (inputs, { axis }) => {
    requireSameType("concat", inputs);
    const [first] = inputs;
    if (first === undefined) throw new ShapeError("concat: got no values, expected at least one");
    for (const { shape } of inputs) {
      if (shape.length !== first.shape.length || shape.some((size, i) => i !== axis && size !== first.shape[i])) {
        throw new ShapeError(`concat: got [${first.shape}] and [${shape}], expected to differ on axis ${axis} only`);
      }
    }
    const total = inputs.reduce((sum, { shape }) => sum + fixedSize("concat", shape[axis]), 0);
    return [{ type: first.type, shape: first.shape.with(axis, total) }];
  },
  emit: (onnx, inputs, { attributes: { axis } }) => [onnx.node("Concat", inputs, { axis })],
  vjp: ({ inputs, dy, attributes: { axis } }) => {
    let start = 0;
    return inputs.map((x) => {
      const size = fixedSize("concat", x.shape[axis]);
      start += size;
      return slice(dy, { axis, start: start - size, size });
    });
  },
  samples: () => [{ inputs: [{ shape: [2, 1, 2] }, { shape: [2, 3, 2] }], attributes: { axis: 1 } }],
});
/** Values side by side along an axis. */
export const concat = (values: readonly Value[], axis: number): Value =>
  apply(concatOp, values, { axis: normalizeAxis("concat", axis, values[0]?.shape.length ?? 0) });

/** A range of an axis: `size` elements from `start`, every `step`-th. */
export type SliceOptions = {
  readonly axis: number;
  readonly start: number;
  readonly size: number;
  readonly step?: number;
};

const sliceOp = defineOp<One, Required<SliceOptions>>({
  name: "slice",
  infer: ([{ type, shape }], { axis, start, size, step }) => {
    const length = fixedSize("slice", shape[axis]);
    if (size < 1 || start < 0 || start + (size - 1) * step >= length) {
      throw new ShapeError(`slice: got ${size} from ${start} by ${step}, expected to lie within ${length}`);
    }
    return [{ type, shape: shape.with(axis, size) }];
  },
  emit: (onnx, [x], { attributes: { axis, start, size, step } }) => {
    const end = start + (size - 1) * step + 1;
    return [onnx.node("Slice", [x, ...[start, end, axis, step].map((value) => onnx.integers([value]))])];
  },
  vjp: ({ inputs: [x], dy, attributes: { axis, start, size, step } }) => {
    const spread = step > 1 ? dilate(dy, axis, step) : dy;
    const after = fixedSize("slice", x.shape[axis]) - start - ((size - 1) * step + 1);
    return [pad(spread, { axis, before: start, after })];
  },
  samples: () => [
    { inputs: [{ shape: [2, 5] }], attributes: { axis: 1, start: 1, size: 3, step: 1 } },
    { inputs: [{ shape: [6, 2] }], attributes: { axis: 0, start: 1, size: 2, step: 3 } },
  ],
});
/** Part of a value along one axis. */
export const slice = (x: Value, { axis, start, size, step = 1 }: SliceOptions): Value =>
  start === 0 && step === 1 && size === x.shape[axis] ? x : apply(sliceOp, [x], { axis, start, size, step });

/** Puts step − 1 zeros between the elements along an axis: what a strided slice's gradient needs. */
function dilate(x: Value, axis: number, step: number): Value {
  const before = x.shape.slice(0, axis + 1);
  const after = x.shape.slice(axis + 1);
  const size = fixedSize("slice", x.shape[axis]);
  const column = reshape(x, [...before, 1, ...after]);
  const padded = pad(column, { axis: axis + 1, before: 0, after: step - 1 });
  const spread = reshape(padded, x.shape.with(axis, size * step));
  return slice(spread, { axis, start: 0, size: (size - 1) * step + 1 });
}

/** Elements to add before and after along one axis, and what they are filled with. */
export type PadOptions = {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
  readonly value?: number;
};

const padOp = defineOp<One, Required<PadOptions>>({
  name: "pad",
  infer: ([{ type, shape }], { axis, before, after }) => {
    const grown = fixedSize("pad", shape[axis]) + before + after;
    return [{ type, shape: shape.map((size, i): Dim => (i === axis ? grown : size)) }];
  },
  emit: (onnx, [x], { inputs: [{ type, shape }], attributes: { axis, before, after, value } }) => {
    const onAxis = (border: number) => shape.map((_, i) => (i === axis ? border : 0));
    const pads = onnx.integers([...onAxis(before), ...onAxis(after)]);
    return [onnx.node("Pad", [x, pads, onnx.constant(typedArray(type, [value]), [])])];
  },
  vjp: ({ inputs: [x], dy, attributes: { axis, before } }) => [
    slice(dy, { axis, start: before, size: fixedSize("pad", x.shape[axis]) }),
  ],
  samples: () => [{ inputs: [{ shape: [2, 3] }], attributes: { axis: 1, before: 1, after: 2, value: 0.5 } }],
});
/** x with a constant border along one axis. */
export const pad = (x: Value, { axis, before, after, value = 0 }: PadOptions): Value =>
  before === 0 && after === 0 ? x : apply(padOp, [x], { axis, before, after, value });

const gatherOp = defineOp<readonly [table: Value, indices: Value]>({
  name: "gather",
  infer: ([table, indices]) => {
    requireIndices("gather", indices);
    return [{ type: table.type, shape: [...indices.shape, ...table.shape.slice(1)] }];
  },
  emit: (onnx, inputs) => [onnx.node("Gather", inputs, { axis: 0 })],
  vjp: ({ inputs: [table, indices], dy }) => [scatterAdd(indices, dy, fixedSize("gather", table.shape[0])), undefined],
  samples: () => [{ inputs: [{ shape: [4, 2] }, { shape: [3], type: "i64", values: [2, 0, 2] }] }],
});
/** Rows of a table: result[i] = table[indices[i]]. Indices are i32 or i64. */
export const gather = (table: Value, indices: Value): Value => apply(gatherOp, [table, indices]);

const scatterAddOp = defineOp<readonly [indices: Value, rows: Value], { readonly rowCount: number }>({
  name: "scatterAdd",
  infer: ([indices, rows], { rowCount }) => {
    requireIndices("scatterAdd", indices);
    const [count] = requireRank("scatterAdd: indices", indices, 1);
    if (rows.shape[0] !== count) {
      throw new ShapeError(`scatterAdd: got ${count} indices and rows [${rows.shape}], expected one a row`);
    }
    return [{ type: rows.type, shape: [rowCount, ...rows.shape.slice(1)] }];
  },
  emit: (onnx, [indices, rows], { inputs: [{ type }], outputs: [y] }) => {
    const shape = y.shape.map((size) => fixedSize("scatterAdd", size));
    const zero = onnx.constant(typedArray(y.type, [0]), []);
    const zeros = onnx.node("Expand", [zero, onnx.integers(shape)]);
    const wide = type === "i64" ? indices : onnx.node("Cast", [indices], { to: 7 });
    const column = onnx.node("Unsqueeze", [wide, onnx.integers([1])]);
    return [onnx.node("ScatterND", [zeros, column, rows], { reduction: "add" })];
  },
  vjp: ({ inputs: [indices], dy }) => [undefined, gather(dy, indices)],
  samples: () => [
    { inputs: [{ shape: [3], type: "i64", values: [2, 0, 2] }, { shape: [3, 2] }], attributes: { rowCount: 4 } },
  ],
});
/** Adds rows into a table of zeros: result[indices[i]] += rows[i]. The gradient of `gather`. */
export const scatterAdd = (indices: Value, rows: Value, rowCount: number): Value =>
  apply(scatterAddOp, [indices, rows], { rowCount });

/** Truth values bool[n, depth]: whether labels[i] = j. Labels are i32[n]. */
export function isLabel(labels: Value, depth: number): Value {
  requireRank("isLabel: labels", labels, 1);
  const classes = constant(
    Int32Array.from({ length: depth }, (_, i) => i),
    [1, depth],
  );
  return equal(reshape(cast(labels, "i32"), [...labels.shape, 1]), classes);
}

/** One-hot rows of another value's type: result[i, labels[i]] = 1. */
export const oneHot = (labels: Value, like: Value): Value =>
  cast(isLabel(labels, fixedSize("oneHot", like.shape.at(-1))), like.type);

function requireIndices(what: string, { type }: TensorType): void {
  if (type !== "i64" && type !== "i32") throw new ShapeError(`${what}: got indices of ${type}, expected i32 or i64`);
}
