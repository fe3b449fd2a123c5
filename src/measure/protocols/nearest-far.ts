/**
 * TAR at the nearest FAR, as InsightFace's script for IJB takes it from the curve of scikit-learn's `roc_curve`: of all
 * points of the ROC curve, the one whose FAR is nearest to the wanted rate; of several with this distance the one with
 * the higher FAR, and of those with the same FAR the one with the highest TAR. Its FAR may be above the rate, unlike
 * that of {@link tarAtFar}, so that the number is at least as high.
 *
 * `roc_curve` leaves out points on the straight line between their neighbors: inside a run of impostor scores without a
 * genuine score between them, no point is left. So the script's number can differ from the one over all points, by the
 * genuine pairs next to the run. Both are given.
 */
import { OptionError, requireFields, requireKind } from "../../base/core/index.ts";
import type { PairScores } from "../eval/index.ts";

/** A point of the ROC curve near a wanted FAR. */
export type NearestFarPoint = {
  /** The wanted false accept rate. */
  readonly wanted: number;
  /** The point's false accept rate. */
  readonly far: number;
  /** The share of genuine pairs accepted at the point. */
  readonly tar: number;
  /** A pair is accepted when its score ≥ threshold; null for the curve's first point, which accepts none. */
  readonly threshold: number | null;
};

/** The nearest points over the whole curve, and over the points that scikit-learn's `roc_curve` keeps. */
export type NearestFarPoints = {
  readonly all: readonly NearestFarPoint[];
  readonly corners: readonly NearestFarPoint[];
};

/** A point while the curve is walked: pairs accepted so far. */
type Step = { readonly threshold: number; readonly falseAccepts: number; readonly trueAccepts: number };

/**
 * TAR at the points nearest to each rate.
 *
 * @throws {OptionError} when there are no genuine or no impostor scores, or one is NaN.
 */
export function tarAtNearestFars(scores: PairScores, fars: readonly number[]): NearestFarPoints {
  requireFields("scores", scores, { genuine: "a list", impostor: "a list" });
  requireKind("rates", fars, "a list");
  const genuine = scores.genuine.toSorted();
  const impostor = scores.impostor.toSorted();
  if (genuine.length === 0 || impostor.length === 0) {
    const got = `${genuine.length} genuine and ${impostor.length} impostor scores`;
    throw new OptionError(`got ${got}, expected at least one of each`);
  }
  // NaN sorts last.
  if (Number.isNaN(genuine.at(-1)) || Number.isNaN(impostor.at(-1))) throw new OptionError("a score is NaN");
  const all = fars.map(() => new Nearest());
  const corners = fars.map(() => new Nearest());
  const offer = (nearest: readonly Nearest[], step: Step) => {
    for (const [i, one] of nearest.entries()) {
      one.offer(Math.abs(step.falseAccepts / impostor.length - (fars[i] ?? Number.NaN)), step);
    }
  };
  let before: Step | undefined;
  let last: Step = { threshold: Number.POSITIVE_INFINITY, falseAccepts: 0, trueAccepts: 0 };
  let [genuineLeft, impostorLeft] = [genuine.length, impostor.length];
  while (genuineLeft > 0 || impostorLeft > 0) {
    const threshold = Math.max(genuine[genuineLeft - 1] ?? -Infinity, impostor[impostorLeft - 1] ?? -Infinity);
    while (genuineLeft > 0 && genuine[genuineLeft - 1] === threshold) genuineLeft--;
    while (impostorLeft > 0 && impostor[impostorLeft - 1] === threshold) impostorLeft--;
    const next = {
      threshold,
      falseAccepts: impostor.length - impostorLeft,
      trueAccepts: genuine.length - genuineLeft,
    };
    offer(all, last);
    // The start and the first score are always kept.
    if (before === undefined || before.falseAccepts + before.trueAccepts === 0 || isCorner(before, last, next)) {
      offer(corners, last);
    }
    [before, last] = [last, next];
  }
  offer(all, last);
  offer(corners, last);
  const point = (nearest: Nearest, i: number): NearestFarPoint => ({
    wanted: fars[i] ?? Number.NaN,
    far: nearest.step.falseAccepts / impostor.length,
    tar: nearest.step.trueAccepts / genuine.length,
    threshold: Number.isFinite(nearest.step.threshold) ? nearest.step.threshold : null,
  });
  return { all: all.map(point), corners: corners.map(point) };
}

/** Whether the curve's direction or step changes at a point: `roc_curve` (scikit-learn 1.2) keeps it. */
function isCorner(before: Step, at: Step, after: Step): boolean {
  return (
    at.falseAccepts - before.falseAccepts !== after.falseAccepts - at.falseAccepts ||
    at.trueAccepts - before.trueAccepts !== after.trueAccepts - at.trueAccepts
  );
}

/** The point with the least distance, the last offered of equals: rates rise along the curve. */
class Nearest {
  step: Step = { threshold: Number.POSITIVE_INFINITY, falseAccepts: 0, trueAccepts: 0 };
  #distance = Number.POSITIVE_INFINITY;

  offer(distance: number, step: Step): void {
    if (distance > this.#distance) return;
    this.#distance = distance;
    this.step = step;
  }
}
