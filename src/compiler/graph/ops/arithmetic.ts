/**
 * Arithmetic with broadcasting, and the ops that undo broadcasting: they need each other for their gradients, so they
 * live together. Every other op's gradient is written in these.
 */
import { ShapeError } from "../../../base/core/index.ts";
import {
  apply,
  defineOp,
  type Each,
  matchNode,
  type NoAttributes,
  type One,
  requireSameType,
  type Sample,
} from "../op.ts";
import { broadcastShapes, elementCount, isFixedShape, normalizeAxis, reducedShape, sameShape } from "../shape.ts";
import type { Node, Operand, Shape, TensorType, Value } from "../value.ts";
import { emitReshape, emitTranspose } from "./emit-layout.ts";

/** Two inputs. */
export type Pair = readonly [a: Value, b: Value];

/** Shape rule of elementwise ops of two inputs. */
export const broadcastRule =
  (name: string) =>
  ([a, b]: Each<Pair, TensorType>): readonly [TensorType] => {
    requireSameType(name, [a, b]);
    return [{ type: a.type, shape: broadcastShapes(name, a.shape, b.shape) }];
  };

/** Samples that broadcast in all the ways networks do: equal shapes, per channel, per row, a scalar. */
export function broadcastSamples(low = -2, high = 2): Sample<NoAttributes>[] {
  const shapes: [number[], number[]][] = [
    [
      [2, 3],
      [2, 3],
    ],
    [
      [2, 3, 2, 2],
      [3, 1, 1],
    ],
    [
      [2, 1],
      [2, 3],
    ],
    [[], [2, 2]],
  ];
  return shapes.map((pair) => ({ inputs: pair.map((shape) => ({ shape, low, high })) }));
}

/** Axes along which a value of the second shape was broadcast to the first. */
function broadcastAxes(wide: Shape, shape: Shape): number[] {
  const extra = wide.length - shape.length;
  return wide.flatMap((size, axis) => {
    const original = axis < extra ? undefined : shape[axis - extra];
    return original === undefined || (original === 1 && size !== 1) ? [axis] : [];
  });
}

/** Sums a gradient over the axes along which its value was broadcast. */
export function undoBroadcast(gradient: Value, shape: Shape): Value {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.shape.length - shape.length;
  const axes = broadcastAxes(gradient.shape, shape);
  const summed = axes.length > 0 ? reduceSum(gradient, { axes, keepDims: true }) : gradient;
  return extra > 0 ? reshape(summed, shape) : summed;
}

/** The same for a product a·b of two values of one shape. */
export function undoBroadcastOfProduct(a: Value, b: Value, shape: Shape): Value {
  if (sameShape(a.shape, shape)) return mul(a, b);
  return reshape(sumOfProducts(a, b, broadcastAxes(a.shape, shape)), shape);
}

const addOp = defineOp<Pair>({
  name: "add",
  infer: broadcastRule("add"),
  emit: (onnx, inputs) => [onnx.node("Add", inputs)],
  vjp: ({ inputs: [a, b], dy }) => [undoBroadcast(dy, a.shape), undoBroadcast(dy, b.shape)],
  samples: broadcastSamples,
});
/** a + b, broadcasting. */
export const add = (a: Operand, b: Operand): Value => apply(addOp, [a, b]);

const subOp = defineOp<Pair>({
  name: "sub",
  infer: broadcastRule("sub"),
  emit: (onnx, inputs) => [onnx.node("Sub", inputs)],
  vjp: ({ inputs: [a, b], dy }) => [undoBroadcast(dy, a.shape), undoBroadcast(neg(dy), b.shape)],
  samples: broadcastSamples,
});
/** a − b, broadcasting. */
export const sub = (a: Operand, b: Operand): Value => apply(subOp, [a, b]);

const mulOp = defineOp<Pair>({
  name: "mul",
  infer: broadcastRule("mul"),
  emit: (onnx, inputs) => [onnx.node("Mul", inputs)],
  vjp: ({ inputs: [a, b], dy }) => [undoBroadcast(mul(dy, b), a.shape), undoBroadcast(mul(dy, a), b.shape)],
  samples: broadcastSamples,
});
/** a · b elementwise, broadcasting. */
export const mul = (a: Operand, b: Operand): Value => apply(mulOp, [a, b]);

const divOp = defineOp<Pair>({
  name: "div",
  infer: broadcastRule("div"),
  emit: (onnx, inputs) => [onnx.node("Div", inputs)],
  vjp: ({ inputs: [a, b], y, dy }) => {
    const da = div(dy, b);
    return [undoBroadcast(da, a.shape), undoBroadcast(neg(mul(da, y)), b.shape)];
  },
  samples: () => broadcastSamples(0.5, 2),
});
/** a / b elementwise, broadcasting, for b ≠ 0. */
export const div = (a: Operand, b: Operand): Value => apply(divOp, [a, b]);

const negOp = defineOp({
  name: "neg",
  infer: ([x]) => [x],
  emit: (onnx, inputs) => [onnx.node("Neg", inputs)],
  vjp: ({ dy }) => [neg(dy)],
  samples: () => [{ inputs: [{ shape: [2, 3] }] }],
});
/** −x. */
export const neg = (x: Value): Value => apply(negOp, [x]);

/** Axes to reduce (all by default), and whether they stay as size 1. */
export type ReduceOptions = { readonly axes?: readonly number[]; readonly keepDims?: boolean };

/** The same with axes in [0, rank), ascending, each once. */
export type ReduceAttributes = { readonly axes: readonly number[]; readonly keepDims: boolean };

/** Attributes of a reduction of `x`. */
export function reduceAttributes(name: string, x: Value, { axes, keepDims = false }: ReduceOptions): ReduceAttributes {
  const all = x.shape.map((_, axis) => axis);
  const normalized = axes?.map((axis) => normalizeAxis(name, axis, x.shape.length)) ?? all;
  return { axes: [...new Set(normalized)].sort((a, b) => a - b), keepDims };
}

/** Shape rule of reductions. */
export const reduceRule = ([x]: readonly [TensorType], { axes, keepDims }: ReduceAttributes): readonly [TensorType] => [
  { type: x.type, shape: reducedShape(x.shape, axes, keepDims) },
];

/** Samples of reductions: all but the channels, rows, everything, with and without kept axes. */
export const reduceSamples = (): Sample<ReduceAttributes>[] => [
  { inputs: [{ shape: [2, 3, 2, 2] }], attributes: { axes: [0, 2, 3], keepDims: true } },
  { inputs: [{ shape: [2, 3] }], attributes: { axes: [1], keepDims: false } },
  { inputs: [{ shape: [2, 3] }], attributes: { axes: [0, 1], keepDims: false } },
];

/** The gradient of a reduction, reshaped to the rank of the value that was reduced. */
export function restoreAxes(gradient: Value, shape: Shape, axes: readonly number[]): Value {
  return reshape(gradient, reducedShape(shape, axes, true));
}

const reduceSumOp = defineOp<One, ReduceAttributes>({
  name: "reduceSum",
  infer: reduceRule,
  emit: (onnx, [x], { attributes: { axes, keepDims } }) => [
    onnx.node("ReduceSum", [x, onnx.integers(axes)], { keepdims: Number(keepDims) }),
  ],
  vjp: ({ inputs: [x], dy, attributes: { axes } }) => [broadcastTo(restoreAxes(dy, x.shape, axes), x.shape)],
  samples: reduceSamples,
});
/** Σ x over the axes. */
export const reduceSum = (x: Value, options: ReduceOptions = {}): Value =>
  apply(reduceSumOp, [x], reduceAttributes("reduceSum", x, options));

const sumOfProductsOp = defineOp<Pair, ReduceAttributes>({
  name: "sumOfProducts",
  infer: ([a, b], attributes) => {
    requireSameType("sumOfProducts", [a, b]);
    if (!sameShape(a.shape, b.shape)) {
      throw new ShapeError(`sumOfProducts: got [${a.shape}] and [${b.shape}], expected one shape`);
    }
    return reduceRule([a], attributes);
  },
  /*
   * Over all but the channels it is a product of a row with a column for each channel of each image. ONNX Runtime reads
   * a transposed column as the row that it is, on all threads, and stores one number instead of the products.
   */
  emit: (onnx, [a, b], { inputs: [{ shape }], attributes: { axes, keepDims } }) => {
    const axesInput = onnx.integers(axes);
    const keepdims = Number(keepDims);
    const [batch, channels, height, width] = shape;
    if (shape.length !== 4 || String(axes) !== "0,2,3" || keepDims || !isFixedShape(shape)) {
      return [onnx.node("ReduceSum", [onnx.node("Mul", [a, b]), axesInput], { keepdims })];
    }
    const rows = [batch, channels, 1, Number(height) * Number(width)].map(Number);
    const [row, other] = [emitReshape(onnx, a, rows), emitReshape(onnx, b, rows)];
    const products = onnx.node("MatMul", [row, emitTranspose(onnx, other, [0, 1, 3, 2])]);
    return [onnx.node("ReduceSum", [products, axesInput], { keepdims })];
  },
  vjp: ({ inputs: [a, b], dy, attributes: { axes } }) => {
    const wide = restoreAxes(dy, a.shape, axes);
    return [mul(b, wide), mul(a, wide)];
  },
  samples: () =>
    [
      { shape: [2, 3, 2, 2], axes: [0, 2, 3] },
      { shape: [2, 3], axes: [1] },
      { shape: [2, 3], axes: [0, 1] },
    ].map(({ shape, axes }) => ({ inputs: [{ shape }, { shape }], attributes: { axes, keepDims: false } })),
});
/** Σ a·b over the axes, of two values of one shape. */
export const sumOfProducts = (a: Value, b: Value, axes: readonly number[]): Value =>
  apply(sumOfProductsOp, [a, b], reduceAttributes("sumOfProducts", a, { axes }));

const broadcastToOp = defineOp<One, { readonly shape: readonly number[] }>({
  name: "broadcastTo",
  infer: ([x], { shape }) => {
    const result = broadcastShapes("broadcastTo", x.shape, shape);
    if (!sameShape(result, shape)) throw new ShapeError(`broadcastTo: got [${x.shape}], expected to fit [${shape}]`);
    return [{ type: x.type, shape }];
  },
  emit: (onnx, [x], { attributes: { shape } }) => [onnx.node("Expand", [x, onnx.integers(shape)])],
  vjp: ({ inputs: [x], dy }) => [undoBroadcast(dy, x.shape)],
  samples: () => [
    { inputs: [{ shape: [3, 1] }], attributes: { shape: [2, 3, 4] } },
    { inputs: [{ shape: [] }], attributes: { shape: [2, 2] } },
  ],
});
/** x repeated along axes of size 1 and new leading axes. Sizes must be known numbers. */
export function broadcastTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  return apply(broadcastToOp, [x], { shape: shape.map((size) => elementCount([size])) });
}

const reshapeOp = defineOp<One, { readonly shape: Shape }>({
  name: "reshape",
  infer: ([x], { shape }) => {
    const symbols = (s: Shape) => s.filter((size) => typeof size === "string");
    const count = (s: Shape) =>
      s.reduce<number>((product, size) => (typeof size === "number" ? product * size : product), 1);
    if (count(shape) !== count(x.shape) || symbols(shape).join() !== symbols(x.shape).join()) {
      throw new ShapeError(`reshape: got [${x.shape}], expected as many elements as [${shape}]`);
    }
    if (symbols(shape).length > 1) {
      throw new ShapeError(`reshape: got [${x.shape}], expected at most one size without a number: fix the others`);
    }
    return [{ type: x.type, shape }];
  },
  emit: (onnx, [x], { attributes: { shape } }) => [
    onnx.node("Reshape", [x, onnx.integers(shape.map((size) => (typeof size === "string" ? -1 : size)))]),
  ],
  vjp: ({ inputs: [x], dy }) => [reshape(dy, x.shape)],
  samples: () => [
    { inputs: [{ shape: [2, 3, 2] }], attributes: { shape: [4, 3] } },
    { inputs: [{ shape: [1, 1] }], attributes: { shape: [] } },
  ],
});
/** The same elements in another shape; one size may be known only at run time and is then kept. */
export function reshape(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], { shape });
}

/** A node of `reshape`, typed; undefined for other nodes. */
export const matchReshape = (node: Node) => matchNode(reshapeOp, node);
