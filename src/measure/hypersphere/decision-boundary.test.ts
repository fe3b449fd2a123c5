import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { angularBand, boundaryLines, isFirstClass, isSecondClass, marginAtAngle } from "./decision-boundary.ts";
import {
  arcFaceRule,
  aSoftmaxPieces,
  aSoftmaxPsi,
  aSoftmaxRule,
  cosFaceRule,
  nslRule,
  softmaxRule,
} from "./decision-rules.ts";

const cosine = fc.double({ min: -1, max: 1, noNaN: true });
const point = fc.tuple(cosine, cosine);

describe("decision regions", () => {
  it("are those of the paper's table", () => {
    fc.assert(
      fc.property(point, ([c1, c2]) => {
        const [angle1, angle2] = [Math.acos(c1), Math.acos(c2)];
        expect(isFirstClass(softmaxRule(3, 2), [c1, c2])).toBe(2 * c2 <= 3 * c1);
        expect(isFirstClass(nslRule(), [c1, c2])).toBe(c1 >= c2);
        expect(isSecondClass(nslRule(), [c1, c2])).toBe(c2 >= c1);
        expect(isFirstClass(cosFaceRule(0.35), [c1, c2])).toBe(c1 - 0.35 >= c2);
        expect(isSecondClass(cosFaceRule(0.35), [c1, c2])).toBe(c2 - 0.35 >= c1);
        expect(isFirstClass(aSoftmaxRule(4, { monotone: false }), [c1, c2])).toBe(Math.cos(4 * angle1) >= c2);
        if (angle1 < Math.PI / 4) expect(isFirstClass(aSoftmaxRule(4), [c1, c2])).toBe(Math.cos(4 * angle1) >= c2);
        if (angle2 < Math.PI - 0.5)
          expect(isSecondClass(arcFaceRule(0.5), [c1, c2])).toBe(Math.cos(angle2 + 0.5) >= c1);
      }),
    );
  });

  it("never share a point where there is a margin", () => {
    const rules = [cosFaceRule(0.1), aSoftmaxRule(3), arcFaceRule(0.3)];
    fc.assert(
      fc.property(point, fc.constantFrom(...rules), (point, rule) => {
        if (Math.max(...point) > 1 - 1e-9) return; // A-Softmax's margin vanishes at θ = 0
        expect(isFirstClass(rule, point) && isSecondClass(rule, point)).toBe(false);
      }),
    );
  });

  it("of bare cos(4θ) take in samples at a right angle to their center, which ψ does not", () => {
    expect(isFirstClass(aSoftmaxRule(4, { monotone: false }), [0, 0.9])).toBe(true);
    expect(isFirstClass(aSoftmaxRule(4), [0, 0.9])).toBe(false);
    expect(isSecondClass(nslRule(), [0, 0.9])).toBe(true);
  });
});

describe("boundaryLines", () => {
  it("of CosFace are two straight lines, √2·m apart", () => {
    const margin = 0.35;
    const { first, second } = boundaryLines(cosFaceRule(margin));
    expect(first).toHaveLength(1);
    expect(second).toHaveLength(1);
    const distance = ([c1, c2]: readonly [number, number]): number => (c1 - c2) / Math.SQRT2;
    for (const point of first[0]!) expect(distance(point)).toBeCloseTo(margin / Math.SQRT2, 12);
    for (const point of second[0]!) expect(distance(point)).toBeCloseTo(-margin / Math.SQRT2, 12);
    expect(first[0]![0]).toEqual([expect.closeTo(-0.65, 12), -1]);
    expect(first[0]!.at(-1)).toEqual([1, expect.closeTo(0.65, 12)]);
  });

  it("of NSL are the diagonal, twice", () => {
    const { first, second } = boundaryLines(nslRule(), { pointCount: 3 });
    for (const [a, b] of [...first[0]!, ...second[0]!]) expect(a).toBeCloseTo(b, 12);
  });

  it("of softmax are one line of slope ‖W₁‖/‖W₂‖, which both sides agree on", () => {
    const { first, second } = boundaryLines(softmaxRule(1, 2));
    for (const [a, b] of [...first[0]!, ...second[0]!]) expect(b).toBeCloseTo(a / 2, 12);
    expect(first[0]!.at(-1)).toEqual([1, 0.5]);
  });

  it("stay in the square, and on the boundary but for the cuts", () => {
    for (const rule of [aSoftmaxRule(4), aSoftmaxRule(4, { monotone: false }), arcFaceRule(0.5), cosFaceRule(1.2)]) {
      const { first } = boundaryLines(rule);
      for (const line of first) {
        for (const [c1, c2] of line) {
          expect(Math.max(Math.abs(c1), Math.abs(c2))).toBeLessThanOrEqual(1 + 1e-12);
          expect(Math.abs(rule.firstLimit(c1) - c2)).toBeLessThan(0.02);
        }
      }
    }
  });

  it("of bare cos(4θ) cross the whole square, ψ's end at θ = π/4", () => {
    const bare = boundaryLines(aSoftmaxRule(4, { monotone: false })).first;
    expect(bare.map((line) => [line[0]![0], line.at(-1)![0]])).toEqual([[-1, 1]]);
    const repaired = boundaryLines(aSoftmaxRule(4)).first;
    expect(repaired).toHaveLength(1);
    expect(repaired[0]![0]![0]).toBeCloseTo(Math.SQRT1_2, 2);
  });

  it("are empty where the margin leaves nothing of the square", () => {
    expect(boundaryLines(cosFaceRule(2)).first).toEqual([]);
  });
});

describe("aSoftmaxPsi", () => {
  it("worked by hand for m = 4", () => {
    const quarter = Math.PI / 4;
    const values = [0, 0.5, 1, 1.5, 2, 3, 4].map((turns) => aSoftmaxPsi(turns * quarter, 4));
    [1, 0, -1, -2, -3, -5, -7].forEach((expected, i) => {
      expect(values[i]).toBeCloseTo(expected, 12);
    });
  });

  it("falls, is continuous, and is at most cos θ", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.double({ min: 0, max: 3.14, noNaN: true }), (m, theta) => {
        const value = aSoftmaxPsi(theta, m);
        expect(value).toBeLessThanOrEqual(Math.cos(theta) + 1e-12);
        const later = aSoftmaxPsi(theta + 1e-3, m);
        expect(later).toBeLessThanOrEqual(value + 1e-12);
        expect(value - later).toBeLessThanOrEqual(m * 1e-3 + 1e-12);
      }),
    );
  });

  it("is given by its pieces", () => {
    const pieces = aSoftmaxPieces(3);
    expect(pieces.map(({ from }) => from)).toEqual([0, Math.PI / 3, (2 * Math.PI) / 3]);
    for (const { from, to, sign, offset } of pieces) {
      for (const theta of [from + 1e-9, (from + to) / 2, to - 1e-9]) {
        expect(aSoftmaxPsi(theta, 3)).toBeCloseTo(sign * Math.cos(3 * theta) + offset, 12);
      }
    }
  });

  it("refuses an angle outside [0, π] and a broken multiplier", () => {
    expect(() => aSoftmaxPsi(-0.1, 4)).toThrow(OptionError);
    expect(() => aSoftmaxPsi(1, 1.5)).toThrow(OptionError);
  });
});

describe("marginAtAngle", () => {
  it("is constant for CosFace, and vanishes with the angle for A-Softmax: (m² − 1)θ²/2 at first", () => {
    for (const theta of [0, 0.1, 1, 2, Math.PI]) expect(marginAtAngle(cosFaceRule(0.35), theta)).toBeCloseTo(0.35, 12);
    expect(marginAtAngle(aSoftmaxRule(4), 0)).toBe(0);
    expect(marginAtAngle(aSoftmaxRule(4), 0.01) / ((15 * 0.01 ** 2) / 2)).toBeCloseTo(1, 2);
    expect(marginAtAngle(aSoftmaxRule(4), Math.PI)).toBeCloseTo(6, 12);
  });
});

describe("angularBand", () => {
  it("agrees with the closed forms", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.8, max: Math.PI, noNaN: true }), (angle) => {
        const width = (rule: Parameters<typeof angularBand>[0]): number | undefined => angularBand(rule, angle)?.width;
        expect(width(nslRule())).toBeCloseTo(0, 6);
        expect(width(arcFaceRule(0.5))).toBeCloseTo(0.5, 6);
        expect(width(cosFaceRule(0.2))).toBeCloseTo(2 * Math.asin(0.1 / Math.sin(angle / 2)), 6);
        expect(width(aSoftmaxRule(4))).toBeCloseTo((angle * 3) / 5, 6);
      }),
    );
  });

  it("has no overlap nor gap for softmax, but leans to the center of smaller norm", () => {
    const band = angularBand(softmaxRule(2, 1), 1.5)!;
    expect(band.width).toBeCloseTo(0, 6);
    expect(band.firstEnd).toBeGreaterThan(0.75);
    // Closer centers: cos 1 = 0.54 > ½, so that the second center itself is given to the first class.
    expect(angularBand(softmaxRule(2, 1), 1)).toBeNull();
  });

  it("is null where the centers are closer than the margin allows: 1 − cos ω < m", () => {
    expect(angularBand(cosFaceRule(0.3), Math.PI / 4)).toBeNull();
    expect(angularBand(cosFaceRule(0.29), Math.PI / 4)).not.toBeNull();
  });
});
