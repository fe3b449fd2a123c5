import { OptionError, requireBetween, requireInteger, requireObject, requirePositive } from "../../base/core/index.ts";
import type { DecisionRule } from "./decision-rules.ts";

/** A point of the (cos θ₁, cos θ₂) plane. */
export type CosinePoint = readonly [cosine1: number, cosine2: number];

/** Whether a sample with these cosines is in the decision region of class 1, including its boundary. */
export function isFirstClass(rule: DecisionRule, point: CosinePoint): boolean {
  requireRule(rule);
  requirePoint(point);
  const [cosine1, cosine2] = point;
  return cosine2 <= rule.firstLimit(cosine1);
}

/** Whether a sample with these cosines is in the decision region of class 2, including its boundary. */
export function isSecondClass(rule: DecisionRule, point: CosinePoint): boolean {
  requireRule(rule);
  requirePoint(point);
  const [cosine1, cosine2] = point;
  return cosine1 <= rule.secondLimit(cosine2);
}

/**
 * The boundaries of class 1 and class 2 within the square [−1, 1]², each as lines of up to `pointCount` points in
 * order of the own cosine: no line if the boundary misses the square, several if it leaves the square and returns
 * (plain cos(mθ) only touches the edge at its minima and stays one line). The second boundary mirrors the first,
 * except for softmax.
 *
 * Points are evenly spaced in the own angle, so that curves are smooth near cosines of ±1.
 */
export function boundaryLines(
  rule: DecisionRule,
  { pointCount = 361 }: { readonly pointCount?: number } = {},
): { readonly first: readonly (readonly CosinePoint[])[]; readonly second: readonly (readonly CosinePoint[])[] } {
  requireRule(rule);
  requireInteger("pointCount", pointCount, 2);
  const mirror = ([own, other]: CosinePoint): CosinePoint => [other, own];
  return {
    first: linesInSquare(rule.firstLimit, pointCount),
    second: linesInSquare(rule.secondLimit, pointCount).map((line) => line.map(mirror)),
  };
}

/**
 * The margin required at an angle θ (radians) from the own center: cos θ minus the largest cosine allowed to the
 * other center. Constant for CosFace; for A-Softmax cos θ − ψ(θ), which tends to 0 as θ → 0.
 *
 * @throws {OptionError} when θ is not in [0, π].
 */
export function marginAtAngle(rule: DecisionRule, theta: number): number {
  requireRule(rule);
  requireBetween("theta", theta, 0, Math.PI);
  return Math.cos(theta) - rule.firstLimit(Math.cos(theta));
}

/** The shortest arc between two class centers, divided by the boundaries. Angles in radians from the first center. */
export type AngularBand = {
  /** End of class 1, which begins at 0. */
  readonly firstEnd: number;
  /** Start of class 2, which ends at `betweenCenters`. */
  readonly secondStart: number;
  /** Width of the band that belongs to neither class: secondStart − firstEnd. */
  readonly width: number;
};

/**
 * The band between the classes on the arc that joins two centers `betweenCenters` radians apart, or null where even the
 * centers themselves are outside their decision regions. For rules that fall as the own angle grows (all except plain
 * cos(mθ)).
 *
 * In closed form the widths are 0 for NSL, m for ArcFace, ω(m−1)/(m+1) for A-Softmax (narrower the closer the
 * centers are), and 2·arcsin(m / (2·sin(ω/2))) for CosFace (wider the closer they are).
 *
 * @throws {OptionError} when `betweenCenters` is not in (0, π].
 */
export function angularBand(rule: DecisionRule, betweenCenters: number): AngularBand | null {
  requireRule(rule);
  requirePositive("betweenCenters", betweenCenters);
  requireBetween("betweenCenters", betweenCenters, 0, Math.PI);
  const reach = (limit: (cosine: number) => number): number | null =>
    lastAngle(betweenCenters, (angle) => Math.cos(betweenCenters - angle) <= limit(Math.cos(angle)) + ROUNDING);
  const first = reach(rule.firstLimit);
  const second = reach(rule.secondLimit);
  if (first === null || second === null) return null;
  const secondStart = betweenCenters - second;
  return { firstEnd: first, secondStart, width: secondStart - first };
}

/** @throws {OptionError} unless `rule` has the limits of a decision rule. */
function requireRule(rule: DecisionRule): void {
  requireObject("rule", rule);
  if (typeof rule.firstLimit === "function" && typeof rule.secondLimit === "function") return;
  throw new OptionError("rule: got an object without firstLimit and secondLimit, expected such as cosFaceRule(0.35)");
}

function requirePoint(point: CosinePoint): void {
  if (Array.isArray(point) && point.length === 2) return;
  throw new OptionError("point: expected two cosines, [cos θ₁, cos θ₂]");
}

const ROUNDING = 1e-14;

/** The largest angle up to `end` for which `holds`, by bisection; null if it fails at 0. */
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

/** The graph of `limit` over [−1, 1], clipped to [−1, 1]; the ends on the edge are interpolated linearly. */
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
  return lines.filter((points) => {
    const cosines = points.map(([cosine]) => cosine);
    return Math.max(...cosines) - Math.min(...cosines) > ROUNDING;
  });
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
