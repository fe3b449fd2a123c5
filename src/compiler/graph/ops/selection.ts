/** Comparisons, and the ops that choose between values: where, maximum, minimum, clip, ReLU and PReLU. */
import { ShapeError } from "../../../base/core/index.ts";
import { apply, defineOp, matchNode, type One, requireSameType } from "../op.ts";
import { broadcastShapes, sameShape } from "../shape.ts";
import { type Node, type Operand, scalar, typedArray, type Value } from "../value.ts";
import {
  broadcastRule,
  broadcastSamples,
  mul,
  type Pair,
  sub,
  undoBroadcast,
  undoBroadcastOfProduct,
} from "./arithmetic.ts";
import { onnxElementType } from "./elementwise.ts";

function comparison(name: string, onnxType: string): (a: Operand, b: Operand) => Value {
  const op = defineOp<Pair>({
    name,
    infer: ([a, b]) => {
      requireSameType(name, [a, b]);
      return [{ type: "bool", shape: broadcastShapes(name, a.shape, b.shape) }];
    },
    emit: (onnx, inputs) => [onnx.node(onnxType, inputs)],
    vjp: { none: "its result is a truth value" },
    samples: () => [{ inputs: [{ shape: [2, 3] }, { shape: [3] }] }],
  });
  return (a, b) => apply(op, [a, b]);
}

/** a > b, elementwise. */
export const greater = comparison("greater", "Greater");
/** a ≥ b, elementwise. */
export const greaterOrEqual = comparison("greaterOrEqual", "GreaterOrEqual");
/** a = b, elementwise. */
export const equal = comparison("equal", "Equal");

const whereOp = defineOp<readonly [condition: Value, a: Value, b: Value]>({
  name: "where",
  infer: ([condition, a, b]) => {
    if (condition.type !== "bool") throw new ShapeError(`where: got a condition of ${condition.type}, expected bool`);
    requireSameType("where", [a, b]);
    const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape));
    return [{ type: a.type, shape }];
  },
  emit: (onnx, inputs) => [onnx.node("Where", inputs)],
  vjp: ({ inputs: [condition, a, b], dy }) => [
    undefined,
    undoBroadcast(where(condition, dy, 0), a.shape),
    undoBroadcast(where(condition, 0, dy), b.shape),
  ],
  samples: () => [
    { inputs: [{ shape: [2, 3], type: "bool", values: [1, 0, 1, 0, 0, 1] }, { shape: [2, 3] }, { shape: [3] }] },
  ],
});
/** a where the condition holds, b elsewhere. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  const like = typeof a === "number" ? b : a;
  if (typeof like === "number") throw new ShapeError("where: got two numbers, expected at least one value");
  const lift = (operand: Operand): Value => (typeof operand === "number" ? scalar(operand, like.type) : operand);
  return apply(whereOp, [condition, lift(a), lift(b)]);
}

function extremum(name: string, onnxType: string, wins: (a: Operand, b: Operand) => Value) {
  const op = defineOp<Pair>({
    name,
    infer: broadcastRule(name),
    emit: (onnx, inputs) => [onnx.node(onnxType, inputs)],
    vjp: ({ inputs: [a, b], dy }) => [
      undoBroadcast(where(wins(a, b), dy, 0), a.shape),
      undoBroadcast(where(wins(a, b), 0, dy), b.shape),
    ],
    samples: broadcastSamples,
  });
  return (a: Operand, b: Operand): Value => apply(op, [a, b]);
}

/** The larger of a and b, elementwise; on a tie the gradient goes to a. */
export const maximum = extremum("maximum", "Max", greaterOrEqual);
/** The smaller of a and b, elementwise; on a tie the gradient goes to a. */
export const minimum = extremum("minimum", "Min", (a, b) => greaterOrEqual(b, a));

const clipOp = defineOp<One, { readonly low: number; readonly high: number }>({
  name: "clip",
  infer: ([x]) => [x],
  emit: (onnx, [x], { inputs: [{ type }], attributes: { low, high } }) => {
    const [least, most] = [onnx.constant(typedArray(type, [low]), []), onnx.constant(typedArray(type, [high]), [])];
    return [onnx.node("Clip", [x, least, most])];
  },
  vjp: ({ inputs: [x], dy, attributes: { low, high } }) => [where(equal(x, clip(x, low, high)), dy, 0)],
  samples: () => [{ inputs: [{ shape: [3, 4], low: -2, high: 2 }], attributes: { low: -1, high: 0.5 } }],
});
/** x limited to [low, high]; no gradient passes where x was outside. */
export const clip = (x: Value, low: number, high: number): Value => apply(clipOp, [x], { low, high });

const reluOp = defineOp({
  name: "relu",
  infer: ([x]) => [x],
  emit: (onnx, inputs) => [onnx.node("Relu", inputs)],
  vjp: ({ y, dy }) => [mul(dy, step(y))],
  samples: () => [{ inputs: [{ shape: [3, 4] }] }],
});
/** max(x, 0); the gradient at 0 is 0. */
export const relu = (x: Value): Value => apply(reluOp, [x]);

function stepFunction(name: string, direction: 1 | -1, onnxType: string): (x: Value) => Value {
  const op = defineOp({
    name,
    infer: ([x]) => [x],
    // HardSigmoid is max(0, min(1, αx)): with a huge α it is the step, in one pass and on all threads, unlike Where
    // and Cast.
    emit: (onnx, [x], { inputs: [{ type }] }) => {
      if (type === "f32") return [onnx.node("HardSigmoid", [x], { alpha: direction * STEEPNESS, beta: 0 })];
      const holds = onnx.node(onnxType, [x, onnx.constant(typedArray(type, [0]), [])]);
      return [onnx.node("Cast", [holds], { to: onnxElementType[type] })];
    },
    vjp: { none: "piecewise constant" },
    samples: () => [{ inputs: [{ shape: [3, 4] }] }],
  });
  return (x) => apply(op, [x]);
}

/** Near the largest f32, so that all but the smallest numbers give 1. */
const STEEPNESS = 1e37;

/** 1 where x > 0 (above 1e-37 in f32), 0 elsewhere. */
export const step = stepFunction("step", 1, "Greater");
/** 1 where x < 0 (below −1e-37 in f32), 0 elsewhere. */
export const stepBelow = stepFunction("stepBelow", -1, "Less");

/**
 * PReLU (He et al., 2015). With dy⁻ the part of dy where x < 0, dx = dy − (1 − slope) dy⁻ and dslope = Σ
 * dy⁻ x: of the forward pass, only x is held until the backward pass.
 */
const preluOp = defineOp<readonly [x: Value, slope: Value]>({
  name: "prelu",
  infer: ([x, slope]) => {
    requireSameType("prelu", [x, slope]);
    if (!sameShape(broadcastShapes("prelu", x.shape, slope.shape), x.shape)) {
      throw new ShapeError(`prelu: got slopes [${slope.shape}], expected to broadcast to [${x.shape}]`);
    }
    return [x];
  },
  emit: (onnx, inputs) => [onnx.node("PRelu", inputs)],
  vjp: ({ inputs: [x, slope], dy }) => {
    const below = mul(stepBelow(x), dy);
    return [sub(dy, mul(below, sub(1, slope))), undoBroadcastOfProduct(below, x, slope.shape)];
  },
  samples: () => [{ inputs: [{ shape: [2, 3, 2, 2] }, { shape: [3, 1, 1], low: 0.1, high: 0.5 }] }],
});
/** x where x > 0, slope · x elsewhere; `slope` broadcasts to x, such as [channels, 1, 1]. */
export const prelu = (x: Value, slope: Value): Value => apply(preluOp, [x, slope]);

/** A node of `prelu`, or the same on other inputs, typed; undefined for other nodes. */
export const matchPrelu = (node: Node, inputs?: readonly Value[]) => matchNode(preluOp, node, inputs);
