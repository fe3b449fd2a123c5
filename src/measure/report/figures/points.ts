/** Operations on the points of a line before it is drawn: removing invisible points and averaging noise. */

/** A point of a line: x, then y. */
export type Point = readonly [x: number, y: number];

/** The points that can be drawn: both numbers finite. */
export function finitePoints(points: readonly Point[]): Point[] {
  return points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
}

/** Means of at most `count` equal runs of consecutive points; all points when there are at most `count`. */
export function bucketMeans(points: readonly Point[], count: number): Point[] {
  if (points.length <= count) return [...points];
  return Array.from({ length: count }, (_, bucket): Point => {
    const start = Math.floor((bucket * points.length) / count);
    return meanPoint(points.slice(start, Math.floor(((bucket + 1) * points.length) / count)));
  });
}

/** Replaces each y by the mean over `reach` points on both sides; near the ends, over as many as both sides have. */
export function movingMean(points: readonly Point[], reach: number): Point[] {
  return points.map(([x], index): Point => {
    const side = Math.min(reach, index, points.length - 1 - index);
    return [x, meanPoint(points.slice(index - side, index + side + 1))[1]];
  });
}

/**
 * A step line without invisible detail: `x` and `y` map to pixels, and a point is kept when it is at least a quarter of
 * a pixel from the last point kept. The first and last points are always kept.
 */
export function visiblePoints(
  points: readonly Point[],
  x: (value: number) => number,
  y: (value: number) => number,
): Point[] {
  const kept: Point[] = [];
  let last: Point | undefined;
  for (const [index, point] of points.entries()) {
    const isEnd = index === points.length - 1;
    if (last && !isEnd && Math.hypot(x(point[0]) - x(last[0]), y(point[1]) - y(last[1])) < 0.25) continue;
    kept.push(point);
    last = point;
  }
  return kept;
}

function meanPoint(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point[0] / points.length;
    y += point[1] / points.length;
  }
  return [x, y];
}
