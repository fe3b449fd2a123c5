/** A function to minimize: returns its value at `point` and writes its gradient there to `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

const MEMORY = 12;

/**
 * Minimizes a smooth function from `start` by limited-memory BFGS with backtracking, and returns the last point. Stops
 * after `iterations` steps, or when a step lowers the value by less than `tolerance`.
 *
 * @see Nocedal and Wright, Numerical Optimization, 2nd edition, Algorithms 7.4 and 3.1.
 */
export function minimize(
  objective: Objective,
  start: Float64Array,
  { iterations, tolerance }: { readonly iterations: number; readonly tolerance: number },
): Float64Array {
  let point: Float64Array = start.slice();
  let gradient: Float64Array = new Float64Array(point.length);
  let value = objective(point, gradient);
  const history: Pair[] = [];
  for (let i = 0; i < iterations; i++) {
    const direction = quasiNewtonDirection(gradient, history);
    const slope = dot(direction, gradient);
    if (!(slope < 0)) break;
    // Without history the length of a step is unknown: start with a step of length 0.1.
    let length = history.length > 0 ? 1 : 0.1 / Math.sqrt(-slope);
    const nextGradient = new Float64Array(point.length);
    let next = along(point, direction, length);
    let nextValue = objective(next, nextGradient);
    while (!(nextValue <= value + 1e-4 * length * slope) && length > 1e-12) {
      length *= 0.4;
      next = along(point, direction, length);
      nextValue = objective(next, nextGradient);
    }
    if (!(nextValue < value)) break;
    remember(history, difference(next, point), difference(nextGradient, gradient));
    const gain = value - nextValue;
    [point, gradient, value] = [next, nextGradient, nextValue];
    if (gain < tolerance) break;
  }
  return point;
}

type Pair = { readonly step: Float64Array; readonly change: Float64Array; readonly curvature: number };

/** Keeps the pair only if the curvature along the step is positive, so that directions stay descent directions. */
function remember(history: Pair[], step: Float64Array, change: Float64Array): void {
  const curvature = dot(step, change);
  if (curvature <= 1e-14 * Math.sqrt(dot(step, step) * dot(change, change))) return;
  history.push({ step, change, curvature });
  if (history.length > MEMORY) history.shift();
}

/** −H·gradient by the two-loop recursion. */
function quasiNewtonDirection(gradient: Float64Array, history: readonly Pair[]): Float64Array {
  const direction = gradient.map((g) => -g);
  const newestFirst = history.toReversed().map((pair) => {
    const share = dot(pair.step, direction) / pair.curvature;
    add(direction, pair.change, -share);
    return { pair, share };
  });
  const newest = history.at(-1);
  if (newest !== undefined) {
    const size = newest.curvature / dot(newest.change, newest.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= size;
  }
  for (const { pair, share } of newestFirst.reverse()) {
    add(direction, pair.step, share - dot(pair.change, direction) / pair.curvature);
  }
  return direction;
}

function along(point: Float64Array, direction: Float64Array, length: number): Float64Array {
  const moved = point.slice();
  add(moved, direction, length);
  return moved;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, i) => x - b[i]!);
}

function add(into: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < into.length; i++) into[i]! += factor * other[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
