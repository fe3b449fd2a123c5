import { describe, expect, it } from "vitest";
import { OptionError, random } from "../../base/core/index.ts";
import { centerGeometry } from "./center-geometry.ts";
import { cosineBlocks, unitRows } from "./cosine-blocks.ts";
import { sampleGeometry } from "./sample-geometry.ts";

function randomRows(count: number, dimension: number, seed: number): Float32Array {
  const generator = random(seed, "rows");
  return Float32Array.from({ length: count * dimension }, () => generator.normal());
}

/** The cosine of two rows, word for word. */
function slowCosine(a: Float32Array, i: number, b: Float32Array, j: number, dimension: number): number {
  let [product, squaredA, squaredB] = [0, 0, 0];
  for (let k = 0; k < dimension; k++) {
    product += a[i * dimension + k]! * b[j * dimension + k]!;
    squaredA += a[i * dimension + k]! ** 2;
    squaredB += b[j * dimension + k]! ** 2;
  }
  return product / Math.sqrt(squaredA * squaredB);
}

const inDegrees = (c: number): number => (Math.acos(Math.max(-1, Math.min(1, c))) * 180) / Math.PI;

describe("cosineBlocks", () => {
  it.each([
    [1, 1, 3],
    [64, 64, 5],
    [70, 131, 17],
  ])("%i × %i rows of %i: every cosine once", (rows, columns, dimension) => {
    const [a, b] = [randomRows(rows, dimension, 1), randomRows(columns, dimension, 2)];
    const seen = new Float64Array(rows * columns).fill(Number.NaN);
    let count = 0;
    for (const block of cosineBlocks(unitRows("a", a, rows, dimension), unitRows("b", b, columns, dimension))) {
      for (let i = 0; i < block.rowCount; i++) {
        seen.set(block.row(i), (block.rowStart + i) * columns + block.columnStart);
        count += block.row(i).length;
      }
    }
    expect(count).toBe(rows * columns);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        expect(Math.abs(seen[i * columns + j]! - slowCosine(a, i, b, j, dimension))).toBeLessThan(1e-12);
      }
    }
  });
});

describe("centerGeometry", () => {
  it("reads the octagon: 45° to the nearest, nothing short of the best", () => {
    const angles = Array.from({ length: 8 }, (_, i) => (i * Math.PI) / 4);
    // Centers are rows of any length: the third is long.
    const weights = Float32Array.from(
      angles.flatMap((a, i) => [Math.cos(a), Math.sin(a)].map((x) => (i === 2 ? 9 * x : x))),
    );
    const geometry = centerGeometry({ weights, identities: 8, dimension: 2, binDegrees: 10, closestPairCount: 3 });
    expect(geometry.meanNearestDegrees).toBeCloseTo(45, 4);
    expect(geometry.minimumAngleDegrees).toBeCloseTo(45, 4);
    expect(geometry.marginLeft).toBeCloseTo(0.2929, 4);
    expect(geometry.shortfallDegrees).toBeCloseTo(0, 4);
    // 8 pairs each at 45°, 90° and 135°, and 4 at 180°.
    expect(geometry.meanPairDegrees).toBeCloseTo((8 * (45 + 90 + 135) + 4 * 180) / 28, 4);
    expect(geometry.pairHistogram.counts[4]).toBe(8);
    expect(geometry.pairHistogram.counts[13]).toBe(8);
    expect(geometry.pairHistogram.counts[17]).toBe(4);
    expect(geometry.nearestHistogram.counts[4]).toBe(8);
    expect(geometry.closestPairs).toHaveLength(3);
  });

  it("agrees with the definition, over several blocks", () => {
    const [identities, dimension] = [150, 7];
    const weights = randomRows(identities, dimension, 3);
    const geometry = centerGeometry({ weights, identities, dimension, closestPairCount: 12 });
    const pairs: [number, number, number][] = [];
    for (let i = 0; i < identities; i++) {
      for (let j = i + 1; j < identities; j++) pairs.push([i, j, slowCosine(weights, i, weights, j, dimension)]);
    }
    pairs.sort((a, b) => b[2] - a[2]);
    expect(geometry.closestPairs.map(({ first, second }) => [first, second])).toEqual(
      pairs.slice(0, 12).map(([i, j]) => [i, j]),
    );
    geometry.closestPairs.forEach(({ degrees }, k) => {
      expect(degrees).toBeCloseTo(inDegrees(pairs[k]![2]), 8);
    });
    const meanDegrees = pairs.reduce((sum, pair) => sum + inDegrees(pair[2]), 0) / pairs.length;
    expect(geometry.meanPairDegrees).toBeCloseTo(meanDegrees, 8);
    expect(geometry.pairHistogram.counts.reduce((a, b) => a + b)).toBe(pairs.length);
    for (let i = 0; i < identities; i++) {
      const [a, b, c] = pairs.find(([p, q]) => p === i || q === i)!;
      expect(geometry.nearestIdentity[i]).toBe(a === i ? b : a);
      expect(geometry.nearestDegrees[i]).toBeCloseTo(inDegrees(c), 8);
    }
    expect(geometry.shortfallDegrees).toBeGreaterThan(0);
  });

  it("finds two labels of one person first", () => {
    const weights = randomRows(100, 32, 4);
    weights.copyWithin(71 * 32, 13 * 32, 14 * 32);
    const [closest] = centerGeometry({ weights, identities: 100, dimension: 32 }).closestPairs;
    expect(closest).toMatchObject({ first: 13, second: 71 });
    expect(closest?.degrees).toBeLessThan(1e-5);
  });

  it("refuses a center without direction, and says which", () => {
    const weights = randomRows(4, 3, 5);
    weights.fill(0, 6, 9);
    expect(() => centerGeometry({ weights, identities: 4, dimension: 3 })).toThrow(/row 2/);
    weights[7] = Number.NaN;
    expect(() => centerGeometry({ weights, identities: 4, dimension: 3 })).toThrow(OptionError);
    expect(() => centerGeometry({ weights, identities: 5, dimension: 3 })).toThrow(/expected 5 × 3/);
  });
});

describe("sampleGeometry", () => {
  it("worked by hand: three centers on the axes", () => {
    const weights = Float32Array.from([2, 0, 0, 0, 1, 0, 0, 0, 5]);
    // At 60° and 30° from the first two; on the third center; nearer to the first than to its own third.
    const embeddings = Float32Array.from([0.5, Math.sqrt(0.75), 0, 0, 0, 3, 0.8, 0, 0.6]);
    const geometry = sampleGeometry({ embeddings, labels: [0, 2, 2], weights, identities: 3, dimension: 3 });
    expect([...geometry.ownDegrees].map(Math.round)).toEqual([60, 0, 53]);
    expect([...geometry.nearestOtherDegrees].map(Math.round)).toEqual([30, 90, 37]);
    expect([...geometry.nearestOther]).toEqual([1, 0, 0]);
    expect(geometry.margin[0]).toBeCloseTo(0.5 - Math.sqrt(0.75), 6);
    expect(geometry.margin[1]).toBeCloseTo(1, 6);
    expect(geometry.margin[2]).toBeCloseTo(-0.2, 6);
    expect(geometry.correctShare).toBeCloseTo(1 / 3, 12);
    expect(geometry.perIdentity.map(({ label, sampleCount }) => [label, sampleCount])).toEqual([
      [0, 1],
      [2, 2],
    ]);
    expect(geometry.perIdentity[1]!.meanMargin).toBeCloseTo(0.4, 6);
    expect(geometry.perIdentity[1]!.smallestMargin).toBeCloseTo(-0.2, 6);
  });

  it("agrees with the definition, over several blocks", () => {
    const [identities, dimension, count] = [90, 6, 130];
    const weights = randomRows(identities, dimension, 6);
    const embeddings = randomRows(count, dimension, 7);
    const labels = Int32Array.from({ length: count }, (_, i) => (i * 37) % identities);
    const geometry = sampleGeometry({ embeddings, labels, weights, identities, dimension });
    for (let i = 0; i < count; i++) {
      const cosines = Array.from({ length: identities }, (_, j) => slowCosine(embeddings, i, weights, j, dimension));
      const own = cosines[labels[i]!]!;
      cosines[labels[i]!] = -2;
      const other = Math.max(...cosines);
      expect(geometry.nearestOther[i]).toBe(cosines.indexOf(other));
      expect(geometry.margin[i]).toBeCloseTo(own - other, 10);
      expect(geometry.ownDegrees[i]).toBeCloseTo(inDegrees(own), 8);
    }
  });

  it("refuses a label out of range", () => {
    const weights = randomRows(3, 2, 8);
    expect(() =>
      sampleGeometry({ embeddings: randomRows(1, 2, 9), labels: [3], weights, identities: 3, dimension: 2 }),
    ).toThrow(/got 3/);
  });
});
