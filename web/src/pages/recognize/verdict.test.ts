import { describe, expect, it } from "vitest";
import { describeSources, formatScore, verdictOf } from "./verdict.ts";

const face = {
  matches: [
    { subject: "Ada", score: 0.6123 },
    { subject: "Grace", score: -0.04 },
  ],
  threshold: 0.4,
  unknown: false,
};

describe("the verdict", () => {
  it("names whom the service accepted", () => {
    expect(verdictOf(face)).toEqual({ title: "Ada", detail: "Score 0.612, above the threshold.", isKnown: true });
  });

  it("is unknown below the threshold, and says how far", () => {
    expect(verdictOf({ ...face, threshold: 0.7, unknown: true })).toEqual({
      title: "Unknown",
      detail: "The most alike, Ada, scores 0.612: below the threshold of 0.700.",
      isKnown: false,
    });
  });

  it("names nobody without a threshold, or in an empty collection", () => {
    expect(verdictOf({ ...face, threshold: null, unknown: true }).title).toBe("Unknown");
    expect(verdictOf({ ...face, matches: [], unknown: true }).detail).toContain("Nobody is enrolled");
  });

  it("never speaks of percent", () => {
    for (const unknown of [true, false]) expect(verdictOf({ ...face, unknown }).detail).not.toMatch(/%|percent/);
  });
});

it("names the photographs of a threshold with their numbers", () => {
  const source = { name: "press photographs", identityCount: 844, imageCount: 1583, pairCount: null };
  expect(describeSources([source, { ...source, name: "the entrance", identityCount: 12, imageCount: 40 }])).toBe(
    "press photographs (844 people, 1,583 photos) and the entrance (12 people, 40 photos)",
  );
});

it("writes scores with a minus sign", () => {
  expect(formatScore(-0.0412)).toBe("−0.041");
});
