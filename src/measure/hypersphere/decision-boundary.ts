import { requireBetween, requireInteger, requirePositive } from "../../base/core/index.ts";
import type { DecisionRule } from "./decision-rules.ts";

/** A point of the (cos θ₁, cos θ₂) plane. */
export type CosinePoint = readonly [cosine1: number, cosine2: number];

/** Whether a sample with these cosines satisfies the loss as one of class 1; points of the boundary do. */
export function isFirstClass(rule: DecisionRule, [cosine1, cosine2]: CosinePoint): boolean {
  return cosine2 <= rule.firstLimit(cosine1);
}

/** Whether a sample with these cosines satisfies the loss as one of class 2; points of the boundary do. */
export function isSecondClass(rule: DecisionRule, [cosine1, cosine2]: CosinePoint): boolean {
  return cosine1 <= rule.secondLimit(cosine2);
}

/**
 * The boundaries of class 1 and class 2 inside the square [−1, 1]², each as lines of up to `pointCount` points in order
 * of the own cosine: none where it misses the square, several where it leaves and comes back (bare cos(mθ) at its
 * minima only touches the edge, and stays one line). The second is the first mirrored, but for softmax.
 *
 * Points are even in the own angle, so that curves are smooth where cosines crowd near ±1.
 */
export function boundaryLines(
  rule: DecisionRule,
  { pointCount = 361 }: { readonly pointCount?: number } = {},
): { readonly first: readonly (readonly CosinePoint[])[]; readonly second: readonly (readonly CosinePoint[])[] } {
  requireInteger("boundaryLines: pointCount", pointCount, 2);
  const mirror = ([own, other]: CosinePoint): CosinePoint => [other, own];
  return {
    first: linesInSquare(rule.firstLimit, pointCount),
    second: linesInSquare(rule.secondLimit, pointCount).map((line) => line.map(mirror)),
  };
}

/**
 * The margin asked for at an angle θ (radians) from the own center: cos θ less the largest cosine allowed to the other.
 * Constant for CosFace; for A-Softmax cos θ − ψ(θ), which vanishes as θ → 0.
 *
 * @throws {OptionError} when θ is not in [0, π].
 */
export function marginAtAngle(rule: DecisionRule, theta: number): number {
  requireBetween("marginAtAngle: theta", theta, 0, Math.PI);
  return Math.cos(theta) - rule.firstLimit(Math.cos(theta));
}

/** The shortest arc between two class centers, cut by the boundaries. Angles in radians, from the first center. */
export type AngularBand = {
  /** Class 1 reaches from 0 to here. */
  readonly firstEnd: number;
  /** Class 2 reaches from here to `betweenCenters`. */
  readonly secondStart: number;
  /** What is left to neither: secondStart − firstEnd. */
  readonly width: number;
};

/**
 * The band between the classes on the arc that joins two centers `betweenCenters` radians apart, or null where not even
 * the centers themselves satisfy the loss. For rules that fall as the own angle grows (all but bare cos(mθ)).
 *
 * In closed form the widths are 0 for NSL, m for ArcFace, ω(m−1)/(m+1) for
 * A-Softmax (which narrows as the centers near each other), and 2·arcsin(m / (2·sin(ω/2))) for CosFace (which widens).
 *
 * @throws {OptionError} when `betweenCenters` is not in (0, π].
 */
export function angularBand(rule: DecisionRule, betweenCenters: number): AngularBand | null {
  requirePositive("angularBand: betweenCenters", betweenCenters);
  requireBetween("angularBand: betweenCenters", betweenCenters, 0, Math.PI);
  const reach = (limit: (cosine: number) => number): number | null =>
    lastAngle(betweenCenters, (angle) => Math.cos(betweenCenters - angle) <= limit(Math.cos(angle)) + ROUNDING);
  const first = reach(rule.firstLimit);
  const second = reach(rule.secondLimit);
  if (first === null || second === null) return null;
  const secondStart = betweenCenters - second;
  return { firstEnd: first, secondStart, width: secondStart - first };
}

const ROUNDING = 1e-14;

/** The largest angle up to `end` before `holds` first fails, or null if it fails at 0; it must not come back at once. */
function lastAngle(end: number, holds: (angle: number) => boolean): number | null {
  if (!holds(0)) return null;
  if (holds(end)) return end;
  let [low, high] = [0, end];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The graph of `limit` over [−1, 1], cut where it leaves [−1, 1]; the cuts lie on the edge, by linear interpolation. */
function linesInSquare(limit: (cosine: number) => number, pointCount: number): CosinePoint[][] {
  const lines: CosinePoint[][] = [];
  let line: CosinePoint[] = [];
  let before: CosinePoint | undefined;
  for (let i = 0; i < pointCount; i++) {
    const own = -Math.cos((i * Math.PI) / (pointCount - 1));
    const here: CosinePoint = [own, limit(own)];
    if (before !== undefined && isInside(here) !== isInside(before)) line.push(cutAtEdge(before, here));
    if (isInside(here)) line.push(here);
    else if (line.length > 0) {
      lines.push(line);
      line = [];
    }
    before = here;
  }
  if (line.length > 0) lines.push(line);
  return lines.filter((points) => points.at(-1)![0] - points[0]![0] > ROUNDING);
}

function isInside([, other]: CosinePoint): boolean {
  return Math.abs(other) <= 1 + ROUNDING;
}

function cutAtEdge(a: CosinePoint, b: CosinePoint): CosinePoint {
  const outside = isInside(a) ? b : a;
  const edge = Math.sign(outside[1]);
  const share = (edge - a[1]) / (b[1] - a[1]);
  return [a[0] + share * (b[0] - a[0]), edge];
}
