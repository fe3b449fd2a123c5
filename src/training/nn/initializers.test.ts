import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { constantly, gaussian, type Initializer, kaimingFanOut, kaimingUniform, xavierFanIn } from "./initializers.ts";

/** [outputs, inputs, height, width]: 27 numbers go into each output; 16,200 numbers in all. */
const SHAPE = [600, 3, 3, 3];

const drawn = (initializer: Initializer, shape = SHAPE, seed = 1) => [...initializer(shape, random(seed, "weights"))];
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]) => mean(values.map((value) => value * value));

/**
 * A variance over n numbers strays by √((kurtosis − 1)/n) of itself: 1.1 % for normal ones here; 4.5 % is four
 * times that.
 */
const expectVariance = (values: readonly number[], expected: number) =>
  expect(Math.abs(variance(values) / expected - 1)).toBeLessThan(0.045);

describe.each([
  { name: "gaussian", initializer: gaussian(0.01), expected: 1e-4, bound: Number.POSITIVE_INFINITY },
  { name: "xavierFanIn (Caffe)", initializer: xavierFanIn, expected: 1 / 27, bound: Math.sqrt(3 / 27) },
  { name: "kaimingUniform (PyTorch)", initializer: kaimingUniform, expected: 1 / 81, bound: 1 / Math.sqrt(27) },
  { name: "kaimingFanOut", initializer: kaimingFanOut(), expected: 2 / 5400, bound: Number.POSITIVE_INFINITY },
])("$name", ({ initializer, expected, bound }) => {
  it("has mean 0, its variance, and its bounds", () => {
    const values = drawn(initializer);
    expect(values.length).toBe(16_200);
    expectVariance(values, expected);
    expect(Math.abs(mean(values))).toBeLessThan(4 * Math.sqrt(expected / values.length));
    const largest = Math.max(...values.map(Math.abs));
    if (bound === Number.POSITIVE_INFINITY) {
      expect(largest).toBeGreaterThan(3 * Math.sqrt(expected)); // a normal distribution has tails
    } else {
      expect(largest).toBeLessThanOrEqual(Math.fround(bound) * (1 + 1e-6));
      expect(largest).toBeGreaterThan(0.995 * bound);
    }
  });

  it("gives the same for the same seed alone", () => {
    expect(drawn(initializer)).toEqual(drawn(initializer));
    expect(drawn(initializer)).not.toEqual(drawn(initializer, SHAPE, 2));
  });
});

it("kaimingFanOut counts the outputs that an input feeds: fewer in groups", () => {
  const depthwise = [1800, 1, 3, 3];
  expectVariance(drawn(kaimingFanOut(1800), depthwise), 2 / 9);
});

it("xavierFanIn counts all but the first axis of a fully connected layer too", () => {
  expectVariance(drawn(xavierFanIn, [200, 100]), 1 / 100);
});

it("constantly is the same number everywhere", () => {
  expect(drawn(constantly(0.25), [2, 3])).toEqual(new Array(6).fill(0.25));
});
