/**
 * Elementwise functions of one input. Each gradient is the textbook derivative, in terms of y where that is cheaper.
 */
import { apply, defineOp, type One, type SampleInput } from "../op.ts";
import type { ElementType, Value } from "../value.ts";
import { add, div, mul, neg, sub } from "./arithmetic.ts";

type Derivative = (context: { x: Value; y: Value; dy: Value }) => Value;
type Domain = Omit<SampleInput, "shape">;

function unary(name: string, onnxType: string, vjp: Derivative, domain: Domain = {}): (x: Value) => Value {
  const op = defineOp({
    name,
    infer: ([x]) => [x],
    emit: (onnx, inputs) => [onnx.node(onnxType, inputs)],
    vjp: ({ inputs: [x], y, dy }) => [vjp({ x, y, dy })],
    samples: () => [{ inputs: [{ shape: [2, 3], ...domain }] }],
  });
  return (x) => apply(op, [x]);
}

/** eˣ. */
export const exp = unary("exp", "Exp", ({ y, dy }) => mul(dy, y));

/** ln x, for x > 0. */
export const log = unary("log", "Log", ({ x, dy }) => div(dy, x), { low: 0.5, high: 3 });

/** √x, for x > 0: the gradient at 0 is infinite, so keep a positive distance from it. */
export const sqrt = unary("sqrt", "Sqrt", ({ y, dy }) => div(dy, mul(y, 2)), { low: 0.5, high: 4 });

/** |x|, for x ≠ 0; the gradient at 0 is taken as 0. */
export const abs = unary("abs", "Abs", ({ x, dy }) => mul(dy, sign(x)), { low: 0.5, high: 2 });

/** cos x, x in radians. ONNX Runtime has the f32 kernel only. */
export const cos = unaryF32("cos", "Cos", ({ x, dy }) => neg(mul(dy, sin(x))), { low: 0.2, high: 2.9 });

/** sin x, x in radians. */
export const sin = unary("sin", "Sin", ({ x, dy }) => mul(dy, cos(x)), { low: 0.2, high: 1.4 });

/** arccos x in [0, π], for −1 < x < 1: the gradient −1/√(1 − x²) has no limit at ±1, so clip first. */
export const acos = unaryF32("acos", "Acos", ({ x, dy }) => neg(div(dy, sqrt(sub(1, mul(x, x))))), {
  low: -0.8,
  high: 0.8,
});

/** The error function 2/√π ∫₀ˣ e^(−t²) dt, in (−1, 1). ONNX Runtime has the f32 kernel only. */
export const erf = unaryF32("erf", "Erf", ({ x, dy }) => mul(dy, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))));

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = unary("sigmoid", "Sigmoid", ({ y, dy }) => mul(dy, mul(y, sub(1, y))));

/** Hyperbolic tangent. */
export const tanh = unary("tanh", "Tanh", ({ y, dy }) => mul(dy, sub(1, mul(y, y))));

/** ln(1 + eˣ), without overflow. */
export const softplus = unaryF32("softplus", "Softplus", ({ x, dy }) => mul(dy, preciseSigmoid(x)));

/**
 * 1 / (1 + e^−x) with all digits for every x: ONNX Runtime's Sigmoid has an error of 1e-8, which is most of it where
 * x is below −18. With min(x, 0) = (x − |x|) / 2 no exponent is above 0.
 */
function preciseSigmoid(x: Value): Value {
  const size = abs(x);
  return div(exp(mul(sub(x, size), 0.5)), add(exp(neg(size)), 1));
}

/** A cast to f32 and back replaces the missing f64 kernel: gradient checks in f64 reach f32 accuracy here. */
function unaryF32(name: string, onnxType: string, vjp: Derivative, domain: Domain = {}): (x: Value) => Value {
  const op = defineOp({
    name,
    infer: ([x]) => [x],
    emit: (onnx, [x], { inputs: [{ type }] }) => {
      if (type === "f32") return [onnx.node(onnxType, [x])];
      const narrow = onnx.node("Cast", [x], { to: onnxElementType.f32 });
      return [onnx.node("Cast", [onnx.node(onnxType, [narrow])], { to: onnxElementType[type] })];
    },
    vjp: ({ inputs: [x], y, dy }) => [vjp({ x, y, dy })],
    samples: () => [{ inputs: [{ shape: [2, 3], ...domain }], precision: "f32", step: 1e-2 }],
  });
  return (x) => apply(op, [x]);
}

function stepFunction(name: string, onnxType: string, reason: string): (x: Value) => Value {
  const op = defineOp({
    name,
    infer: ([x]) => [x],
    emit: (onnx, inputs) => [onnx.node(onnxType, inputs)],
    vjp: { none: reason },
    samples: () => [{ inputs: [{ shape: [2, 3], low: 0.2, high: 0.8 }] }],
  });
  return (x) => apply(op, [x]);
}

/** −1, 0 or 1. */
export const sign = stepFunction("sign", "Sign", "piecewise constant");

/** The largest whole number that is not above x. */
export const floor = stepFunction("floor", "Floor", "piecewise constant");

/** Numbers of ONNX's TensorProto.DataType. */
export const onnxElementType: Record<ElementType, number> = { f32: 1, u8: 2, i32: 6, i64: 7, bool: 9, f64: 11 };

const castOp = defineOp<One, { readonly to: ElementType }>({
  name: "cast",
  infer: ([x], { to }) => [{ type: to, shape: x.shape }],
  emit: (onnx, inputs, { attributes: { to } }) => [onnx.node("Cast", inputs, { to: onnxElementType[to] })],
  vjp: ({ inputs: [x], dy }) => [isFloat(x.type) ? cast(dy, x.type) : undefined],
  samples: () => [{ inputs: [{ shape: [2, 3] }], attributes: { to: "f64" } }],
});
/** The same numbers in another element type. */
export const cast = (x: Value, to: ElementType): Value => (x.type === to ? x : apply(castOp, [x], { to }));

function isFloat(type: ElementType): boolean {
  return type === "f32" || type === "f64";
}

const powOp = defineOp<One, { readonly exponent: number }>({
  name: "pow",
  infer: ([x]) => [x],
  emit: (onnx, [x], { inputs: [{ type }], attributes: { exponent } }) => {
    const data = type === "f64" ? Float64Array.of(exponent) : Float32Array.of(exponent);
    return [onnx.node("Pow", [x, onnx.constant(data, [])])];
  },
  vjp: ({ inputs: [x], dy, attributes: { exponent } }) => [mul(dy, mul(pow(x, exponent - 1), exponent))],
  samples: () => [
    { inputs: [{ shape: [2, 3], low: 0.5, high: 2 }], attributes: { exponent: 3 } },
    { inputs: [{ shape: [2, 3], low: 0.5, high: 2 }], attributes: { exponent: -0.5 } },
  ],
});
/** xᵖ for a fixed exponent p, and x > 0 unless p is whole. */
export const pow = (x: Value, exponent: number): Value => apply(powOp, [x], { exponent });
