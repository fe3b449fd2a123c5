/**
 * Public functions of cosface/eval and cosface/hypersphere called from JavaScript with wrong arguments: a typed error
 * at once, never NaN or a loop.
 */
import { describe, expect, it } from "vitest";
import { CosfaceError } from "../src/base/core/index.ts";
import * as metrics from "../src/eval.ts";
import * as hypersphere from "../src/hypersphere.ts";

/** Inner loops of the search, which check nothing: their callers have checked the matrix. */
const UNCHECKED = new Set(["dotProduct", "innerProducts", "nearestRow"]);

const functions = Object.entries<unknown>({ ...metrics, ...hypersphere }).flatMap(([name, value]) => {
  const isChecked = typeof value === "function" && /^[a-z]/.test(name) && value.length > 0 && !UNCHECKED.has(name);
  return isChecked ? [[name, value as (...given: unknown[]) => unknown] as const] : [];
});

const wrong: readonly (readonly [string, unknown])[] = [
  ["nothing", undefined],
  ["null", null],
  ["a text", "text"],
  ["NaN", Number.NaN],
  ["an empty object", {}],
  ["an empty array", []],
  ["a function", () => 1],
];

describe.each(functions)("%s", (_, call) => {
  it.each(wrong)("refuses %s", async (_, value) => {
    const refused = await Promise.resolve()
      .then(() => call(value))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CosfaceError);
  });
});
