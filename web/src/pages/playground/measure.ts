/** The drawing in numbers: where each identity is accepted on the circle, and how far the margin opened. */
import { circleClouds } from "../../../../src/measure/hypersphere/index.ts";
import type { CircleOptions, CircleState } from "./circle.ts";

/** Part of the circle, in radians counterclockwise, whose directions satisfy the loss as one of this identity. */
export type Arc = { readonly label: number; readonly from: number; readonly to: number };

export type CircleMeasures = {
  /** Share of the features that satisfy the loss, margin included. */
  readonly insideShare: number;
  /** Whether every class center satisfies the loss as one of its own identity. */
  readonly areCentersInside: boolean;
  /** The smallest angle between two class centers, degrees. */
  readonly smallestAngle: number;
  /** Mean angle between neighboring identities' clouds, degrees; negative where they overlap. */
  readonly meanGap: number;
};

const DIRECTIONS = 1440;

/**
 * The identity that accepts a direction or a feature: its logit, less the margin, is the largest. None in the margin.
 */
export function acceptedBy(x: number, y: number, { centers }: CircleState, options: CircleOptions): number | undefined {
  const margin = options.loss === "cosface" ? options.margin : 0;
  const length = Math.hypot(x, y);
  let best = -1;
  let largest = Number.NEGATIVE_INFINITY;
  let second = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < centers.length / 2; j++) {
    const [wx, wy] = [centers[2 * j]!, centers[2 * j + 1]!];
    const logit = (x * wx + y * wy) / (options.loss === "softmax" ? length : length * Math.hypot(wx, wy));
    if (logit > largest) {
      second = largest;
      largest = logit;
      best = j;
    } else if (logit > second) second = logit;
  }
  return largest - margin >= second ? best : undefined;
}

/** The accepted arcs; what lies between them is the margin. */
export function acceptedArcs(state: CircleState, options: CircleOptions): Arc[] {
  const arcs: Arc[] = [];
  let open: { label: number; from: number } | undefined;
  for (let k = 0; k <= DIRECTIONS; k++) {
    const angle = (2 * Math.PI * k) / DIRECTIONS;
    const label = k === DIRECTIONS ? undefined : acceptedBy(Math.cos(angle), Math.sin(angle), state, options);
    if (open !== undefined && label !== open.label) {
      arcs.push({ ...open, to: angle });
      open = undefined;
    }
    if (label !== undefined) open ??= { label, from: angle };
  }
  return arcs;
}

export function measureCircle(state: CircleState, options: CircleOptions): CircleMeasures {
  const { features, centers, labels } = state;
  const isInside = (points: Float64Array, k: number, label: number) =>
    acceptedBy(points[2 * k]!, points[2 * k + 1]!, state, options) === label;
  const inside = labels.reduce((count, label, i) => count + (isInside(features, i, label) ? 1 : 0), 0);
  const identities = Array.from({ length: centers.length / 2 }, (_, j) => j);
  const angles = identities.map((j) => Math.atan2(centers[2 * j + 1]!, centers[2 * j]!)).sort((a, b) => a - b);
  const turns = angles.map((angle, j) => (angles[j + 1] ?? angles[0]! + 2 * Math.PI) - angle);
  return {
    insideShare: inside / labels.length,
    areCentersInside: identities.every((j) => isInside(centers, j, j)),
    smallestAngle: (Math.min(...turns) * 180) / Math.PI,
    meanGap: circleClouds({ embeddings: Float32Array.from(features), labels }).meanGap,
  };
}
