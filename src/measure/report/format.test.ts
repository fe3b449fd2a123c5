import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatCosine,
  formatCount,
  formatDegrees,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPercentSpread,
  formatQuantity,
  formatRate,
} from "./format.ts";

/** Texts are compared with plain spaces, for the eye; the first test sees to the kind of space. */
const plain = (text: string) => text.replaceAll("\u00A0", " ");

describe("formatCosine", () => {
  it.each([
    [0.34, "0.340"],
    [-0.0123, "−0.012"],
    [1, "1.000"],
    [Number.NaN, "–"],
  ])("writes %d as %s", (cosine, text) => {
    expect(formatCosine(cosine)).toBe(text);
  });
});

describe("formatPercent", () => {
  it("keeps number and unit on one line", () => {
    expect(formatPercent(0.987)).toBe("98.7\u00A0%");
  });

  it.each([
    [0, 1, "0.0 %"],
    [1, 0, "100 %"],
    [0.99325, 2, "99.33 %"],
    [-0.0001, 1, "0.0 %"],
    [-0.25, 0, "−25 %"],
    [Number.NaN, 1, "–"],
  ])("writes %d with %d digits as %s", (share, digits, text) => {
    expect(plain(formatPercent(share, digits))).toBe(text);
  });
});

describe("formatPercentSpread", () => {
  it("writes mean and standard deviation in percent", () => {
    expect(plain(formatPercentSpread(0.987, 0.004))).toBe("98.7 % ± 0.4");
    expect(plain(formatPercentSpread(0.987, 0))).toBe("98.7 % ± 0.0");
  });

  it("leaves out a spread that is not known", () => {
    expect(plain(formatPercentSpread(0.987, Number.NaN))).toBe("98.7 %");
  });
});

describe("formatRate", () => {
  it.each([
    [0.01, "1 %"],
    [0.001, "0.1 %"],
    [1e-6, "0.0001 %"],
    [1 / 3000, "0.0333 %"],
    [1, "100 %"],
    [0, "0 %"],
  ])("writes %d as %s", (rate, text) => {
    expect(plain(formatRate(rate))).toBe(text);
  });
});

describe("formatQuantity", () => {
  it.each([
    [22_670_000, "", "22.67 M"],
    [1.75e9, "MAC", "1.75 GMAC"],
    [999, "", "999"],
    [1000, "", "1.00 k"],
    [999_994, "", "999.99 k"],
    [999_996, "", "1.00 M"],
    [0, "MAC", "0 MAC"],
    [-2500, "", "−2.50 k"],
    [Number.POSITIVE_INFINITY, "", "–"],
  ])("writes %d %s as %s", (quantity, unit, text) => {
    expect(plain(formatQuantity(quantity, unit))).toBe(text);
  });
});

describe("formatDuration", () => {
  it.each([
    [723, "12 min 3 s"],
    [0.45, "450 ms"],
    [0.9999, "1 s"],
    [9.94, "9.9 s"],
    [9.97, "10 s"],
    [59.6, "1 min"],
    [3599.7, "1 h"],
    [7500, "2 h 5 min"],
    [86_399, "1 d"],
    [93_600, "1 d 2 h"],
    [0, "0 ms"],
    [-1, "–"],
  ])("writes %d s as %s", (seconds, text) => {
    expect(plain(formatDuration(seconds))).toBe(text);
  });

  it("never writes 60 of a unit that has a larger one", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
        expect(plain(formatDuration(seconds))).not.toMatch(/\b(60 s|60 min|24 h|1000 ms)/);
      }),
    );
  });
});

describe("formatNumber", () => {
  it.each([
    [0.1, "0.1"],
    [0.0005, "5 × 10⁻⁴"],
    [1e-5, "10⁻⁵"],
    [1234.5678, "1,235"],
    [-0.35, "−0.35"],
    [0.3 - 0.1, "0.2"],
    [0, "0"],
    [6.02e23, "6.02 × 10²³"],
    [Number.NaN, "–"],
  ])("writes %d as %s", (value, text) => {
    expect(plain(formatNumber(value))).toBe(text);
  });
});

describe("formatCount and formatDegrees", () => {
  it("write separators and the degree sign", () => {
    expect(formatCount(13_233)).toBe("13,233");
    expect(formatDegrees(45.52)).toBe("45.5°");
    expect(formatDegrees(-45.52, 0)).toBe("−46°");
  });
});
