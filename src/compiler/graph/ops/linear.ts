/** Matrix products, and functions along the last axis that belong with them: softmax and L2 normalization. */
import { ShapeError } from "../../../base/core/index.ts";
import { apply, defineOp, requireSameType } from "../op.ts";
import { broadcastShapes, elementCount, requireRank } from "../shape.ts";
import type { Dim, TensorType, Value } from "../value.ts";
import { div, mul, type Pair, reduceSum, sub, undoBroadcast } from "./arithmetic.ts";
import { exp } from "./elementwise.ts";
import { transpose } from "./layout.ts";
import { maximum } from "./selection.ts";

/** Which of the two matrices are read transposed. */
export type MatmulOptions = { readonly transposeA?: boolean; readonly transposeB?: boolean };

const matmulOp = defineOp<Pair, Required<MatmulOptions>>({
  name: "matmul",
  infer: ([a, b], { transposeA, transposeB }) => {
    const [rows, inner] = sides("matmul: a", a, transposeA);
    const [otherInner, columns] = sides("matmul: b", b, transposeB);
    requireSameType("matmul", [a, b]);
    if (inner !== otherInner) {
      throw new ShapeError(`matmul: inner sizes differ: got [${rows},${inner}] × [${otherInner},${columns}]`);
    }
    return [{ type: a.type, shape: [rows, columns] }];
  },
  // Gemm, since it reads either matrix transposed without a copy.
  emit: (onnx, inputs, { attributes: { transposeA, transposeB } }) => [
    onnx.node("Gemm", inputs, { transA: Number(transposeA), transB: Number(transposeB) }),
  ],
  // With A = op(a), B = op(b), Y = AB: dA = dY·Bᵀ and dB = Aᵀ·dY; transposing a product swaps and transposes its
  // factors.
  vjp: ({ inputs: [a, b], dy, attributes: { transposeA, transposeB } }) => [
    transposeA
      ? matmul(b, dy, { transposeA: transposeB, transposeB: true })
      : matmul(dy, b, { transposeB: !transposeB }),
    transposeB
      ? matmul(dy, a, { transposeA: true, transposeB: transposeA })
      : matmul(a, dy, { transposeA: !transposeA }),
  ],
  macs: ({ inputs: [a], outputs: [y], attributes: { transposeA } }) => {
    const [, inner] = sides("matmul: a", a, transposeA);
    return elementCount([...y.shape, inner]);
  },
  samples: () =>
    [false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) => ({
        inputs: [{ shape: transposeA ? [3, 2] : [2, 3] }, { shape: transposeB ? [4, 3] : [3, 4] }],
        attributes: { transposeA, transposeB },
      })),
    ),
});
/** Product of two matrices, each read transposed if asked. */
export const matmul = (a: Value, b: Value, { transposeA = false, transposeB = false }: MatmulOptions = {}): Value =>
  apply(matmulOp, [a, b], { transposeA, transposeB });

const batchMatmulOp = defineOp<Pair>({
  name: "batchMatmul",
  infer: ([a, b]) => {
    requireSameType("batchMatmul", [a, b]);
    if (a.shape.length < 2 || b.shape.length < 2) {
      throw new ShapeError(`batchMatmul: got [${a.shape}] × [${b.shape}], expected matrices in the last two axes`);
    }
    const [rows = 0, inner = 0] = a.shape.slice(-2);
    const [otherInner, columns = 0] = b.shape.slice(-2);
    if (inner !== otherInner) {
      throw new ShapeError(`batchMatmul: inner sizes differ: got [${a.shape}] × [${b.shape}]`);
    }
    const batch = broadcastShapes("batchMatmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
    return [{ type: a.type, shape: [...batch, rows, columns] }];
  },
  emit: (onnx, inputs) => [onnx.node("MatMul", inputs)],
  // Y = AB: dA = dY·Bᵀ and dB = Aᵀ·dY, summed over the axes along which a factor was broadcast.
  vjp: ({ inputs: [a, b], dy }) => [
    undoBroadcast(batchMatmul(dy, transposedLast(b)), a.shape),
    undoBroadcast(batchMatmul(transposedLast(a), dy), b.shape),
  ],
  macs: ({ inputs: [a], outputs: [y] }) => elementCount([...y.shape, ...a.shape.slice(-1)]),
  samples: () => [
    { inputs: [{ shape: [2, 2, 3] }, { shape: [2, 3, 2] }] },
    { inputs: [{ shape: [2, 1, 2, 3] }, { shape: [2, 3, 2] }] },
    { inputs: [{ shape: [2, 3] }, { shape: [2, 3, 2] }] },
  ],
});
/** Products of matrices in the last two axes, one for each index of the axes before, which broadcast. */
export const batchMatmul = (a: Value, b: Value): Value => apply(batchMatmulOp, [a, b]);

function transposedLast(x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
}

/** Rows and columns of a matrix as the product reads it. */
function sides(what: string, matrix: TensorType, isTransposed: boolean): readonly [Dim, Dim] {
  const [rows, columns] = requireRank(what, matrix, 2);
  return isTransposed ? [columns, rows] : [rows, columns];
}

const softmaxOp = defineOp({
  name: "softmax",
  infer: ([x]) => [x],
  emit: (onnx, inputs) => [onnx.node("Softmax", inputs, { axis: -1 })],
  vjp: ({ y, dy }) => [mul(y, sub(dy, reduceSum(mul(dy, y), { axes: [-1], keepDims: true })))],
  samples: () => [{ inputs: [{ shape: [3, 4] }] }],
});
/** eˣ / Σ eˣ along the last axis, with the maximum subtracted. */
export const softmax = (x: Value): Value => apply(softmaxOp, [x]);

const logSoftmaxOp = defineOp({
  name: "logSoftmax",
  infer: ([x]) => [x],
  emit: (onnx, inputs) => [onnx.node("LogSoftmax", inputs, { axis: -1 })],
  vjp: ({ y, dy }) => [sub(dy, mul(exp(y), reduceSum(dy, { axes: [-1], keepDims: true })))],
  samples: () => [{ inputs: [{ shape: [3, 4] }] }],
});
/** x − ln Σ eˣ along the last axis, with the maximum subtracted. */
export const logSoftmax = (x: Value): Value => apply(logSoftmaxOp, [x]);

const l2NormOp = defineOp({
  name: "l2Norm",
  infer: ([x]) => [{ type: x.type, shape: [...x.shape.slice(0, -1), 1] }],
  emit: (onnx, inputs) => [onnx.node("ReduceL2", inputs, { axes: [-1], keepdims: 1 })],
  // d‖x‖ = ⟨x, dx⟩ / ‖x‖, taken as 0 at x = 0, where NORM_FLOOR keeps the divisor positive.
  vjp: ({ inputs: [x], y, dy }) => [mul(div(x, maximum(y, NORM_FLOOR)), dy)],
  samples: () => [{ inputs: [{ shape: [3, 4] }] }],
});
/** ‖x‖ along the last axis, kept as size 1. */
export const l2Norm = (x: Value): Value => apply(l2NormOp, [x]);

/** Smallest norm that is divided by: far below that of any embedding, far above where f32 loses digits. */
export const NORM_FLOOR = 1e-12;

const l2NormalizeOp = defineOp({
  name: "l2Normalize",
  infer: ([x]) => [x],
  emit: (onnx, [x], { inputs: [{ type }] }) => {
    const norm = onnx.node("ReduceL2", [x], { axes: [-1], keepdims: 1 });
    const data = type === "f64" ? Float64Array.of(NORM_FLOOR) : Float32Array.of(NORM_FLOOR);
    const kept = onnx.node("Max", [norm, onnx.constant(data, [])]);
    return [onnx.node("Div", [x, kept])];
  },
  // n = x/‖x‖, so dx = (dn − n⟨n, dn⟩)/‖x‖.
  vjp: ({ inputs: [x], y: n, dy: dn }) => {
    const along = reduceSum(mul(n, dn), { axes: [-1], keepDims: true });
    return [div(sub(dn, mul(n, along)), maximum(l2Norm(x), NORM_FLOOR))];
  },
  samples: () => [{ inputs: [{ shape: [3, 4], low: 0.2, high: 2 }] }],
});
/** x / max(‖x‖, ε) along the last axis: a point of the unit sphere. */
export const l2Normalize = (x: Value): Value => apply(l2NormalizeOp, [x]);
