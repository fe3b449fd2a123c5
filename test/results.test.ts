/** results/: every measured number is in a result.json, and the tables of its README come from these files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type RunRow, readResults as readRuns } from "../src/training/experiments/index.ts";
import { fillPage, renderMetric, renderResult, shownResults } from "../tools/results/render.ts";
import { RESULTS, type Result, readResults } from "../tools/results/result.ts";

const results = readResults();
const page = readFileSync(join(RESULTS, "README.md"), "utf8");

describe("results/README.md", () => {
  it("has the tables of the result.json files (npm run results)", () => {
    expect(page).toBe(fillPage(page, results));
  });

  it("shows every result once", () => {
    expect(shownResults(page).sort()).toEqual([...results.keys()].sort());
  });
});

describe.each([...results])("%s/result.json", (_, result) => {
  it("names command, seed, commit, machine and date, or null", () => {
    expect(Object.keys(result).sort()).toEqual(["columns", "command", "commit", "date", "machine", "metrics", "seed"]);
    expect(result.command).toMatch(/^(npm|npx|cosface|\.ci|COSFACE_)/);
    expect(result.date ?? "2026-11-24").toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(result.commit ?? "0123abc").toMatch(/^[0-9a-f]{7,40}$/);
  });

  it("has a metric for every column in some row", () => {
    expect(result.metrics.length).toBeGreaterThan(0);
    for (const { key } of result.columns) expect(result.metrics.some((row) => (row[key] ?? null) !== null)).toBe(true);
  });
});

describe.each(["losses", "margin", "normalization", "scale"])("the metrics of the sweep of %s", (name) => {
  const rows = readRuns(join(RESULTS, "experiments", name));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it("are those of its runs", () => {
    const { metrics, seed } = results.get(`experiments/${name}`)!;
    expect(seed).toEqual([...new Set(rows.map((row) => row.seed))].sort());
    expect(metrics.map(({ variant }) => variant)).toEqual([...new Set(rows.map(({ variant }) => variant))]);
    for (const row of metrics) {
      const own = rows.filter((run: RunRow) => run.variant === row.variant);
      const accuracies = own.map(({ accuracy }) => accuracy!);
      const [accuracy, deviation] = row.accuracy as [number, number];
      expect(accuracy).toBeCloseTo(mean(accuracies), 12);
      const squares = accuracies.reduce((sum, value) => sum + (value - mean(accuracies)) ** 2, 0);
      expect(deviation).toBeCloseTo(Math.sqrt(squares / (accuracies.length - 1)), 12);
      expect(row.eer).toBeCloseTo(mean(own.map(({ eer }) => eer!)), 12);
      expect(row.runCount).toBe(own.length);
    }
  });
});

describe("a table of results", () => {
  it("writes units, deviations, shares, texts and missing values", () => {
    const column = { key: "x", title: "X" };
    expect(renderMetric(12.345, column)).toBe("12.35");
    expect(renderMetric(1013, { ...column, unit: "s" })).toBe("1,013 s");
    expect(renderMetric(0.9013, { ...column, unit: "%", digits: 2 })).toBe("90.13 %");
    expect(renderMetric([0.8154, 0.0056], { ...column, unit: "%", digits: 2 })).toBe("81.54 ± 0.56 %");
    expect(renderMetric(1.5, { ...column, unitKey: "unit", digits: 2 }, { unit: "GiB" })).toBe("1.50 GiB");
    expect(renderMetric("text", column)).toBe("text");
    expect(renderMetric(null, column)).toBe("");
  });

  it("stands below the facts and the command, and says what was not recorded", () => {
    const result: Result = {
      command: "npm run bench",
      seed: [1, 2],
      commit: null,
      machine: "a machine",
      date: null,
      columns: [{ key: "time", title: "time", unit: "ms" }],
      metrics: [{ time: 3 }],
    };
    const text = renderResult("bench/x", result);
    expect(text).toBe(
      "date not recorded · a machine · seed 1, 2 · commit not recorded · [result.json](bench/x/result.json)\n\n" +
        "```\nnpm run bench\n```\n\n| time |\n| --- |\n| 3 ms |",
    );
    const marked = "a\n<!-- result: bench/x -->\nold\n<!-- end of bench/x -->\nb";
    expect(fillPage(marked, new Map([["bench/x", result]]))).toContain(`${text}\n<!-- end of bench/x -->\nb`);
    expect(() => fillPage(marked, new Map())).toThrow("got a mark for 'bench/x'");
  });
});
