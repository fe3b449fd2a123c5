import { describe, expect, it } from "vitest";
import { compareResults } from "./compare.ts";
import { summarize } from "./measurement.ts";
import { changesTable, resultsTable } from "./table.ts";

const rate = (measure: string, values: readonly number[], references: readonly (number | null)[]) =>
  summarize(
    { measure, unit: "images/s", against: "PyTorch" },
    values.map((value, i) => ({ value, reference: references[i]! })),
  );

describe("a comparison with earlier results", () => {
  const before = [rate("a", [10, 12], [10, 10]), rate("b", [4, 6], [null, null])];

  it("compares ratios, so that a slower machine changes nothing", () => {
    const [change] = compareResults(before, [rate("a", [5, 6], [5, 5])]);
    expect(change).toEqual({ measure: "a", before: 1.1, now: 1.1, change: 1, moved: false });
  });

  it("compares values where there is no other side, and marks what no round was before", () => {
    const overlapping = compareResults(before, [rate("b", [6, 8], [null, null])]);
    expect(overlapping).toEqual([{ measure: "b", before: 5, now: 7, change: 1.4, moved: false }]);
    expect(compareResults(before, [rate("b", [7, 8], [null, null])])[0]?.moved).toBe(true);
    expect(compareResults(before, [rate("b", [1, 3], [null, null])])[0]?.moved).toBe(true);
  });

  it("leaves out what was not measured before, or beside something else", () => {
    expect(compareResults(before, [rate("c", [1], [1]), { ...before[0]!, against: "GEMM ceiling" }])).toEqual([]);
  });
});

it("prints medians with their spread, and changes with a star", () => {
  const results = [rate("a", [10, 12], [10, 10]), rate("long name", [3], [null])];
  expect(resultsTable(results).split("\n")).toEqual([
    "a          11.00 images/s (10.00 to 12.00)  PyTorch: 10.00  ratio 1.10 (1.00 to 1.20)",
    "long name  3.000 images/s",
  ]);
  expect(changesTable(compareResults([rate("a", [5], [10])], results))).toBe("*  a  0.5000 → 1.100  × 2.20");
});
