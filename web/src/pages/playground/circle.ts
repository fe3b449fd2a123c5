/**
 * The paper's toy without a network: features and class centers are free to move in the plane, and gradient descent on
 * the loss itself moves them. A spring holds each feature at its start, as the limits of a network would: the distance
 * that a feature moves then shows the pull of the loss, and clouds stay clouds.
 *
 * logit_j = s · (cos θ_j − m · [j = label])      normalized loss: NSL with m = 0, CosFace with m > 0 logit_j =
 * ⟨w_j, x⟩ softmax
 *
 * minimized: loss / s + λ/2 · Σ ‖x − x₀‖² ∂loss/∂logit_j = p_j − [j = label],  ∂cos θ_j/∂x =
 * (ŵ_j − cos θ_j x̂) / ‖x‖, and the same for w with x
 */
import { random } from "../../../../src/base/core/index.ts";

export type CircleLoss = "softmax" | "nsl" | "cosface";

/** The values of the sliders. NSL and softmax ignore the margin, softmax ignores the scale too. */
export type CircleOptions = {
  readonly loss: CircleLoss;
  readonly scale: number;
  readonly margin: number;
};

/** Features and class centers as x, y, x, y, …; `labels` says which center a feature belongs to. */
export type CircleState = {
  readonly features: Float64Array;
  readonly centers: Float64Array;
  readonly labels: Int32Array;
  /** Start of each feature: the other end of its spring. */
  readonly origins: Float64Array;
};

/**
 * Strength λ of the springs: a loss's gradient is at most 2 · s, so a spring of length 1 stops what pulls with a
 * tenth of that.
 */
const SPRING = 0.2;

/** Features of one identity begin within this many radians of its center. */
const FIRST_SPREAD = 0.9;

/** Centers begin this share of the regular polygon's angle away from its corners, at most. */
const FIRST_DISORDER = 0.6;

/** Identities in order around the circle, each with features scattered about its center. */
export function startCircle(identities: number, featuresEach: number, seed: number): CircleState {
  const draw = random(seed);
  const around = (middle: number, reach: number) => middle + draw.uniform(-reach, reach);
  const side = (2 * Math.PI) / identities;
  const centers = new Float64Array(2 * identities);
  const features = new Float64Array(2 * identities * featuresEach);
  const labels = new Int32Array(identities * featuresEach);
  for (let j = 0; j < identities; j++) {
    const angle = around(j * side, FIRST_DISORDER * side);
    place(centers, j, angle, 1);
    for (let k = 0; k < featuresEach; k++) {
      const i = j * featuresEach + k;
      labels[i] = j;
      place(features, i, around(angle, FIRST_SPREAD), 1);
    }
  }
  return { features, centers, labels, origins: features.slice() };
}

function place(points: Float64Array, index: number, angle: number, length: number): void {
  points[2 * index] = length * Math.cos(angle);
  points[2 * index + 1] = length * Math.sin(angle);
}

/**
 * A loss's mean and its gradients: of each feature's own loss by that feature, of each center's mean by that center.
 */
export type CircleGradients = {
  readonly loss: number;
  readonly features: Float64Array;
  readonly centers: Float64Array;
};

/** Mean loss over the features, with the gradients that descent follows. */
export function circleGradients(state: CircleState, options: CircleOptions): CircleGradients {
  const { features, centers, labels } = state;
  const identities = centers.length / 2;
  const isNormalized = options.loss !== "softmax";
  const margin = options.loss === "cosface" ? options.margin : 0;
  const scale = isNormalized ? options.scale : 1;
  const ofFeatures = new Float64Array(features.length);
  const ofCenters = new Float64Array(centers.length);
  const logits = new Float64Array(identities);
  const lengths = Array.from({ length: identities }, (_, j) => lengthOf(centers, j));
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const [x, y] = [features[2 * i]!, features[2 * i + 1]!];
    const length = isNormalized ? lengthOf(features, i) : 1;
    for (let j = 0; j < identities; j++) {
      const product = x * centers[2 * j]! + y * centers[2 * j + 1]!;
      logits[j] = isNormalized ? scale * (product / (length * lengths[j]!) - (j === label ? margin : 0)) : product;
    }
    const shift = logits.reduce((most, logit) => Math.max(most, logit));
    const sum = logits.reduce((part, logit) => part + Math.exp(logit - shift), 0);
    total += Math.log(sum) + shift - logits[label]!;
    for (let j = 0; j < identities; j++) {
      const slope = scale * (Math.exp(logits[j]! - shift) / sum - (j === label ? 1 : 0));
      const [wx, wy] = [centers[2 * j]!, centers[2 * j + 1]!];
      if (!isNormalized) {
        add(ofFeatures, i, slope * wx, slope * wy);
        add(ofCenters, j, slope * x, slope * y);
        continue;
      }
      const [ux, uy, vx, vy] = [x / length, y / length, wx / lengths[j]!, wy / lengths[j]!];
      const cosine = ux * vx + uy * vy;
      add(ofFeatures, i, (slope * (vx - cosine * ux)) / length, (slope * (vy - cosine * uy)) / length);
      add(ofCenters, j, (slope * (ux - cosine * vx)) / lengths[j]!, (slope * (uy - cosine * vy)) / lengths[j]!);
    }
  }
  const featuresEach = labels.length / identities;
  return { loss: total / labels.length, features: ofFeatures, centers: ofCenters.map((value) => value / featuresEach) };
}

function lengthOf(points: Float64Array, index: number): number {
  return Math.hypot(points[2 * index]!, points[2 * index + 1]!);
}

function add(gradient: Float64Array, index: number, dx: number, dy: number): void {
  gradient[2 * index]! += dx;
  gradient[2 * index + 1]! += dy;
}

/**
 * One step of descent, in place; gives the loss before it. The gradient of a normalized loss is proportional to s, so
 * the rate is divided by s: the slider changes what is wanted, not how fast the drawing moves. Normalized features and
 * centers return to length 1, which no loss of directions can tell from any other length.
 */
export function stepCircle(state: CircleState, options: CircleOptions, rate: number): number {
  const { loss, features, centers } = circleGradients(state, options);
  const isNormalized = options.loss !== "softmax";
  const step = isNormalized ? rate / options.scale : rate;
  state.features.forEach((value, k) => {
    state.features[k] = value - rate * SPRING * (value - state.origins[k]!);
  });
  for (const [points, gradient] of [
    [state.features, features],
    [state.centers, centers],
  ] as const) {
    for (let k = 0; k < points.length; k++) points[k]! -= step * gradient[k]!;
    if (isNormalized) for (let k = 0; k < points.length / 2; k++) normalize(points, k);
  }
  return loss;
}

function normalize(points: Float64Array, index: number): void {
  const length = lengthOf(points, index);
  points[2 * index]! /= length;
  points[2 * index + 1]! /= length;
}
