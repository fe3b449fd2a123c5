import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { factsOf, middlesOf, NotARunLog, parseRunLog } from "./run-log.ts";

describe("a run log", () => {
  it("is read up to a line that is still being written", () => {
    const text =
      '{"kind":"train","iteration":20,"loss":3.5}\n{"kind":"verify","iteration":20,"accuracy":0.9}\n{"kind":"tr';
    expect(parseRunLog(text, "log")).toEqual([
      { kind: "train", iteration: 20, loss: 3.5 },
      { kind: "verify", iteration: 20, accuracy: 0.9 },
    ]);
  });

  it("passes over rows of other kinds and rows without their numbers", () => {
    const text = ['{"kind":"train","iteration":1}', '{"kind":"weather"}', "null", "7", '{"kind":"start"}'].join("\n");
    expect(parseRunLog(text, "log")).toEqual([{ kind: "start" }]);
  });

  it("is refused when no line is a row", () => {
    expect(() => parseRunLog("name,age\n", "people.csv")).toThrow(NotARunLog);
    expect(() => parseRunLog("", "log.jsonl")).toThrow("log.jsonl has no line of a run log");
  });

  it("gives a run's facts: those of the published run", () => {
    const text = readFileSync(new URL("../../../../results/lfw-sphere4/log.jsonl", import.meta.url), "utf8");
    const facts = factsOf(parseRunLog(text, "log.jsonl"));
    expect(facts).toMatchObject({ iteration: 1327, recipe: "sphere4, cosface s = 30 m = 0.35" });
    expect(facts.verification).toBeCloseTo(0.9013, 4);
  });

  it("knows nothing of a run that has only begun", () => {
    expect(factsOf([{ kind: "start" }])).toMatchObject({ iteration: 0, loss: undefined, recipe: "" });
  });
});

it("puts counted scores at the middles of their bins", () => {
  expect(middlesOf([0, 0.5, 1], [2, 1])).toEqual([0.25, 0.25, 0.75]);
});
