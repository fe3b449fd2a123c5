import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonDepth } from "./json-depth.ts";

/** The definition, word for word. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("jsonDepth", () => {
  it("is the depth of the value that the text stands for", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(jsonDepth(JSON.stringify(value))).toBe(depthOf(value));
      }),
    );
  });

  it("stops above its limit, and passes over brackets in strings", () => {
    expect(jsonDepth("[".repeat(1_000_000), 5)).toBe(6);
    expect(jsonDepth('["[[[\\"[[", "]"]')).toBe(1);
  });
});
