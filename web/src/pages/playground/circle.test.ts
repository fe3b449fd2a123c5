import { describe, expect, it } from "vitest";
import { marginUpperBound } from "../../../../src/measure/hypersphere/index.ts";
import { type CircleLoss, type CircleOptions, circleGradients, startCircle, stepCircle } from "./circle.ts";
import { acceptedArcs, measureCircle } from "./measure.ts";

const losses: readonly CircleLoss[] = ["softmax", "nsl", "cosface"];

describe.each(losses)("%s on the circle", (loss) => {
  const options: CircleOptions = { loss, scale: 7, margin: 0.2 };

  it("has the gradients that central differences give", () => {
    const state = startCircle(4, 3, 1);
    const featuresEach = 3;
    const gradients = circleGradients(state, options);
    for (const [points, gradient, count] of [
      // A feature's gradient is of its own loss, a center's of the mean over one identity's features.
      [state.features, gradients.features, state.labels.length],
      [state.centers, gradients.centers, state.labels.length / featuresEach],
    ] as const) {
      points.forEach((value, k) => {
        const at = (moved: number) => {
          points[k] = moved;
          const { loss } = circleGradients(state, options);
          points[k] = value;
          return loss;
        };
        const difference = ((at(value + 1e-5) - at(value - 1e-5)) / 2e-5) * count;
        expect(gradient[k]).toBeCloseTo(difference, 5);
      });
    }
  });

  it("falls from step to step", () => {
    const state = startCircle(6, 8, 2);
    const first = stepCircle(state, options, 0.05);
    for (let k = 0; k < 300; k++) stepCircle(state, options, 0.05);
    expect(circleGradients(state, options).loss).toBeLessThan(0.7 * first);
  });
});

it("has the value of a case worked by hand", () => {
  // One feature on its center at 0°, the other center at 90°: logits s(1 − m) and 0.
  const state = {
    features: new Float64Array([2, 0, 0, 3]),
    centers: new Float64Array([1, 0, 0, 5]),
    labels: Int32Array.of(0, 1),
    origins: new Float64Array(4),
  };
  const { loss } = circleGradients(state, { loss: "cosface", scale: 4, margin: 0.5 });
  expect(loss).toBeCloseTo(Math.log(1 + Math.exp(-4 * 0.5)), 12);
});

describe("the margin", () => {
  const run = (identities: number, margin: number) => {
    const options: CircleOptions = { loss: "cosface", scale: 20, margin };
    const state = startCircle(identities, 12, 3);
    for (let k = 0; k < 1500; k++) stepCircle(state, options, 0.05);
    return { ...measureCircle(state, options), arcs: acceptedArcs(state, options) };
  };

  it.each([5, 8])("opens below the bound of %i identities and fails above it", (identities) => {
    const { value: bound } = marginUpperBound({ identities, dimension: 2 });
    const below = run(identities, 0.8 * bound);
    expect(below.insideShare).toBe(1);
    expect(below.areCentersInside).toBe(true);
    expect(below.smallestAngle).toBeGreaterThan(0.93 * (360 / identities));
    const above = run(identities, 1.05 * bound);
    expect(above.areCentersInside).toBe(false);
    expect(above.arcs.length).toBeLessThan(identities);
  });

  it("is as wide as the loss says: arcs of a regular polygon", () => {
    // With centers 90° apart, cos θ − m = sin θ at the arc's end: √2 cos(θ + 45°) = m.
    const state = {
      centers: new Float64Array([1, 0, 0, 1, -1, 0, 0, -1]),
      features: new Float64Array(8),
      origins: new Float64Array(8),
      labels: new Int32Array(4),
    };
    const arcs = acceptedArcs(state, { loss: "cosface", scale: 1, margin: 0.4 });
    const half = Math.acos(0.4 / Math.SQRT2) - Math.PI / 4;
    const second = arcs.find(({ label }) => label === 1)!;
    expect(second.to - second.from).toBeCloseTo(2 * half, 1);
    expect((second.to + second.from) / 2).toBeCloseTo(Math.PI / 2, 2);
  });

  it("makes the gap between clouds wider than NSL leaves it", () => {
    const gap = (options: CircleOptions) => {
      const state = startCircle(6, 16, 4);
      for (let k = 0; k < 600; k++) stepCircle(state, options, 0.05);
      return measureCircle(state, options).meanGap;
    };
    const without = gap({ loss: "nsl", scale: 20, margin: 0 });
    const withMargin = gap({ loss: "cosface", scale: 20, margin: 0.3 });
    expect(withMargin).toBeGreaterThan(without + 5);
  });
});
