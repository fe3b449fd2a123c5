import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intersectionOverSmaller, intersectionOverUnion, suppressOverlaps } from "./boxes.ts";

const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

describe("intersectionOverUnion", () => {
  it.each([
    ["equal boxes", box(1, 2, 3, 4), box(1, 2, 3, 4), 1],
    ["half of each", box(0, 0, 2, 2), box(1, 0, 2, 2), 1 / 3],
    ["one in the other", box(0, 0, 4, 4), box(1, 1, 2, 2), 1 / 4],
    ["boxes that touch", box(0, 0, 2, 2), box(2, 0, 2, 2), 0],
    ["boxes apart", box(0, 0, 2, 2), box(9, 9, 2, 2), 0],
    ["an empty box", box(0, 0, 0, 0), box(0, 0, 0, 0), 0],
  ])("of %s", (_, a, b, expected) => {
    expect(intersectionOverUnion(a, b)).toBeCloseTo(expected, 12);
    expect(intersectionOverUnion(b, a)).toBeCloseTo(expected, 12);
  });
});

describe("intersectionOverSmaller", () => {
  it.each([
    ["half of each", box(0, 0, 2, 2), box(1, 0, 2, 2), 1 / 2],
    ["one in the other", box(0, 0, 4, 4), box(1, 1, 2, 2), 1],
    ["a quarter of the smaller", box(0, 0, 4, 4), box(3, 3, 2, 2), 1 / 4],
    ["boxes apart", box(0, 0, 2, 2), box(9, 9, 2, 2), 0],
    ["an empty box", box(0, 0, 0, 0), box(0, 0, 4, 4), 0],
  ])("of %s", (_, a, b, expected) => {
    expect(intersectionOverSmaller(a, b)).toBeCloseTo(expected, 12);
    expect(intersectionOverSmaller(b, a)).toBeCloseTo(expected, 12);
  });
});

describe("suppressOverlaps", () => {
  it("drops a small box in a better one only where its overlap is a share of the smaller box", () => {
    const found = [
      { box: box(0, 0, 10, 10), score: 0.9 },
      { box: box(2, 2, 4, 4), score: 0.8 },
    ];
    expect(suppressOverlaps(found, 0.7)).toEqual(found);
    expect(suppressOverlaps(found, 0.7, intersectionOverSmaller)).toEqual([found[0]]);
  });

  it("keeps the best of those that overlap, and those apart", () => {
    const found = [
      { box: box(0, 0, 10, 10), score: 0.7 },
      { box: box(50, 0, 10, 10), score: 0.6 },
      { box: box(1, 1, 10, 10), score: 0.9 },
    ];
    expect(suppressOverlaps(found, 0.4)).toEqual([found[2], found[1]]);
    expect(suppressOverlaps(found, 0.99)).toEqual([found[2], found[0], found[1]]);
  });

  it("keeps none beside a better one, and drops none without a better one", () => {
    const coordinate = fc.integer({ min: 0, max: 20 });
    const size = fc.integer({ min: 1, max: 20 });
    const boxes = fc.tuple(coordinate, coordinate, size, size).map((sides) => box(...sides));
    const found = fc.array(fc.record({ box: boxes, score: fc.double({ min: 0, max: 1, noNaN: true }) }));
    const check = fc.property(found, (all) => {
      const kept = suppressOverlaps(all, 0.4);
      for (const one of all) {
        const isBeaten = kept.some(
          (other) => other !== one && other.score >= one.score && intersectionOverUnion(one.box, other.box) > 0.4,
        );
        expect(kept.includes(one)).toBe(!isBeaten);
      }
    });
    fc.assert(check, { seed: 1 });
  });
});
