import { describe, expect, it } from "vitest";
import { random } from "../../base/core/index.ts";
import { RatePosterior, type SourceRate, SPREAD_SCALE } from "./between-sources.ts";

/** Rates of sources that differ by a factor with standard deviation `spread`, as measured, and of one more. */
function drawnSources(stream: ReturnType<typeof random>, count: number, spread: number) {
  const effectiveCounts = Array.from({ length: count }, () => Math.exp(stream.uniform(9, 12)));
  const trueRate = () => 0.001 * Math.exp(stream.normal(0, spread));
  const sources = effectiveCounts.map((effectiveCount): SourceRate => {
    const expected = trueRate() * effectiveCount;
    // Enough accepts for the normal distribution to stand for the binomial one.
    const accepted = Math.max(0, Math.round(expected + Math.sqrt(expected) * stream.normal()));
    return { rate: accepted / effectiveCount, effectiveCount };
  });
  return { sources, newRate: trueRate() };
}

/** Share of the runs in which the 95 % interval held the rate of the new source. */
function coverage(count: number, spreadOf: (stream: ReturnType<typeof random>) => number, runs: number): number {
  const stream = random(7, `coverage ${count}`);
  let held = 0;
  for (let run = 0; run < runs; run++) {
    const { sources, newRate } = drawnSources(stream, count, spreadOf(stream));
    const below = new RatePosterior(sources, "new").probabilityUpTo(newRate);
    if (below >= 0.025 && below <= 0.975) held++;
  }
  return held / runs;
}

describe("RatePosterior of a new source", () => {
  it.each([2, 3, 6])("covers as it promises with %d sources whose spread is drawn from the prior", (count) => {
    const held = coverage(count, (stream) => Math.abs(stream.normal(0, SPREAD_SCALE)), 500);
    // The standard error of 500 runs is 0.01.
    expect(held).toBeGreaterThan(0.92);
    expect(held).toBeLessThan(0.98);
  });

  it("covers more than it promises without a spread, and at least 0.85 at twice the median spread", () => {
    expect(coverage(3, () => 0, 300)).toBeGreaterThan(0.97);
    expect(coverage(2, () => 0.7, 300)).toBeGreaterThan(0.85);
    expect(coverage(5, () => 0.7, 300)).toBeGreaterThan(0.85);
  });

  it("has the quantiles and the mean of one source times a drawn factor", () => {
    const stream = random(3, "one source");
    const factors = Float64Array.from({ length: 200_000 }, () => {
      // θ_new − y = (θ_new − μ) − (y − μ): two differences with the same τ.
      const spread = Math.abs(stream.normal(0, SPREAD_SCALE));
      return Math.exp(Math.SQRT2 * spread * stream.normal());
    }).sort();
    const posterior = new RatePosterior([{ rate: 0.001, effectiveCount: 1e9 }], "new");
    for (const p of [0.025, 0.2, 0.5, 0.9, 0.975]) {
      expect(posterior.quantile(p) / 0.001 / factors[Math.floor(p * factors.length)]!).toBeCloseTo(1, 1);
      expect(posterior.probabilityUpTo(posterior.quantile(p))).toBeCloseTo(p, 6);
    }
    expect(posterior.mean() / 0.001 / (factors.reduce((sum, x) => sum + x) / factors.length)).toBeCloseTo(1, 1);
  });

  it("is narrower the more sources agree, and wider the more they differ", () => {
    const width = (rates: readonly number[]) => {
      const { low, high } = new RatePosterior(
        rates.map((rate) => ({ rate, effectiveCount: 1e6 })),
        "new",
      ).interval(0.95);
      return Math.log(high / low);
    };
    expect(width([0.001, 0.001])).toBeLessThan(width([0.001]));
    expect(width([0.001, 0.001, 0.001, 0.001])).toBeLessThan(width([0.001, 0.001]));
    expect(width([0.0005, 0.002])).toBeGreaterThan(width([0.001, 0.0012]));
  });
});

describe("RatePosterior of a source that was measured", () => {
  const others: SourceRate[] = [
    { rate: 0.001, effectiveCount: 1e6 },
    { rate: 0.003, effectiveCount: 1e6 },
  ];

  it("is what the others say while the source has nothing, and its own rate once it has much", () => {
    const fromOthers = new RatePosterior(others, "new");
    const unknown = new RatePosterior([...others, { rate: 0, effectiveCount: 200 }], 2);
    expect(Math.abs(Math.log(unknown.mean() / fromOthers.mean()))).toBeLessThan(0.3);
    const known = new RatePosterior([...others, { rate: 0.02, effectiveCount: 1e7 }], 2);
    const { low, high } = known.interval(0.95);
    expect(known.mean()).toBeCloseTo(0.02, 4);
    // Poisson: ±1.96 / √200,000 of the rate.
    expect((high - low) / 0.02).toBeCloseTo((2 * 1.96) / Math.sqrt(200_000), 3);
  });

  it("approaches its own rate as its people grow", () => {
    const means = [1e2, 1e3, 1e4, 1e5, 1e6].map((effectiveCount) =>
      new RatePosterior([...others, { rate: 0.01, effectiveCount }], 2).mean(),
    );
    expect(means).toEqual(means.toSorted((a, b) => a - b));
    expect(means[0]).toBeLessThan(0.006);
    expect(means.at(-1)).toBeCloseTo(0.01, 3);
  });

  it("counts as many independent trials as its uncertainty is worth", () => {
    const alone = new RatePosterior([{ rate: 0.01, effectiveCount: 50_000 }], 0);
    expect(alone.effectiveCount() / 50_000).toBeCloseTo(1, 1);
    expect(new RatePosterior(others, "new").effectiveCount()).toBeLessThan(3000);
  });
});
