import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CalibrationError } from "../../base/core/index.ts";
import { calibrateThresholds, crossPairs } from "../../measure/eval/index.ts";
import { openEmbedder } from "../embedder/index.ts";
import { builtInCalibrations } from "./built-in-calibrations.ts";
import {
  type Calibration,
  calibrate,
  calibrateOverSources,
  measureSource,
  mergeCalibrations,
  sourcesOf,
  thresholdFor,
} from "./calibration.ts";
import { calibrationFile, parseCalibration, readCalibration, writeCalibration } from "./calibration-file.ts";
import { describeSources } from "./calibration-sources.ts";
import { DEFAULT_FARS } from "./names.ts";
import { samplePeople } from "./sample-people.ts";
import { verifyEmbeddings } from "./verify.ts";

const people = samplePeople(1, new Array(60).fill(4));
const source = { model: "0123456789abcdef", measuredOn: "synthetic people", date: "2026-01-02" };
const calibration = calibrate(people, source);

describe("calibrate", () => {
  it("gives the thresholds of all pairs, and refuses what they cannot tell", () => {
    const { identityCount, imageCount, thresholds, detector } = calibration;
    expect({ identityCount, imageCount, detector }).toEqual({ identityCount: 60, imageCount: 240, detector: null });
    const pairs = crossPairs(people);
    const expected = calibrateThresholds(pairs.genuine.scores, pairs.impostor.scores, [1e-2, 1e-3, 1e-4]);
    expect(thresholds.map(({ far, threshold }) => [far, threshold]).slice(0, 2)).toEqual(
      expected.map(({ far, threshold }) => [far, threshold]).slice(0, 2),
    );
    expect(thresholds[2]).toMatchObject({ far: 1e-4, threshold: null });
  });

  it("says which rates there are, and why one is refused", () => {
    expect(thresholdFor(calibration, 1e-3).threshold).toBe(calibration.thresholds[1]!.threshold);
    expect(() => thresholdFor(calibration, 0.02)).toThrow(
      "got FAR 0.02, expected one of those calibrated (0.01, 0.001)",
    );
    expect(() => thresholdFor(calibration, 1e-4)).toThrow(/no threshold for FAR 0.0001: insufficient data: /);
    expect(() => calibrate(people, source, { fars: [2] })).toThrow("far: got 2");
  });
});

describe("calibrateOverSources", () => {
  const left = measureSource(people, { measuredOn: "left", date: "2026-01-02", detector: "a" });
  const right = measureSource(samplePeople(2, new Array(40).fill(4), { spread: 0.4 }), {
    measuredOn: "right",
    date: "2026-01-05",
    detector: "b",
  });

  it("states the photographs of all sources, and those of each", () => {
    const found = calibrateOverSources(source.model, [left, right], { fars: [0.01] });
    expect(found).toMatchObject({
      measuredOn: "left; right",
      detector: "a; b",
      date: "2026-01-05",
      identityCount: 100,
      imageCount: 400,
      target: null,
    });
    expect(parseCalibration("c.json", JSON.stringify(found))).toEqual(found);
    expect(describeSources(sourcesOf(found, found.thresholds[0]!))).toBe("left (60 people) and right (40 people)");
  });

  it("keeps the sources of a threshold that it cannot measure itself", () => {
    const before = calibrateOverSources(source.model, [left, right], { fars: [0.01, 0.001] });
    const merged = mergeCalibrations(before, calibrateOverSources(source.model, [right], { fars: [0.01] }));
    const names = merged.thresholds.map((entry) => sourcesOf(merged, entry).map(({ name }) => name));
    expect(names).toEqual([["right"], ["left", "right"]]);
  });

  it("refuses a target that is not among the sources", () => {
    expect(() => calibrateOverSources(source.model, [left], { target: "right" })).toThrow("no source named 'right'");
  });
});

describe("sourcesOf", () => {
  it("names the photographs of files that older versions wrote, which know one source without a curve", () => {
    const { sources: _, target: __, ...older } = calibration;
    const read = parseCalibration("c.json", JSON.stringify(older));
    expect(sourcesOf(read, read.thresholds[0]!)).toEqual([
      { name: "synthetic people", identityCount: 60, imageCount: 240, pairCount: (240 * 239) / 2 },
    ]);
  });
});

describe("verifyEmbeddings", () => {
  const row = (index: number) => people.embeddings.data.subarray(32 * index, 32 * index + 32);

  it("answers with the score, the threshold, its FAR, the photographs of both, and the model", () => {
    const { threshold, farInterval } = thresholdFor(calibration, 1e-3);
    const genuine = verifyEmbeddings(row(0), row(1), calibration);
    const sources = [{ name: source.measuredOn, identityCount: 60, imageCount: 240, pairCount: (240 * 239) / 2 }];
    const expected = { threshold, far: 1e-3, farInterval, sources, same: true, model: source.model };
    expect(genuine).toEqual({ score: genuine.score, ...expected });
    expect(verifyEmbeddings(row(0), row(4), calibration)).toMatchObject({ same: false });
    expect(
      verifyEmbeddings(
        row(0),
        row(0).map((x) => 3 * x),
        calibration,
        1e-2,
      ).score,
    ).toBeCloseTo(1, 12);
  });

  it("takes a score at the threshold for the same person, and one right below it for another", () => {
    const at = (score: number) => Float32Array.of(score, Math.sqrt(1 - score * score));
    const score = verifyEmbeddings(Float32Array.of(1, 0), at(0.6), calibration).score;
    const withThreshold = (threshold: number) => ({
      ...calibration,
      thresholds: [{ ...thresholdFor(calibration, 1e-3), threshold }],
    });
    expect(verifyEmbeddings(Float32Array.of(1, 0), at(0.6), withThreshold(score)).same).toBe(true);
    expect(verifyEmbeddings(Float32Array.of(1, 0), at(0.6), withThreshold(score + 1e-9)).same).toBe(false);
  });

  it("refuses embeddings of two sizes", () => {
    expect(() => verifyEmbeddings(row(0), Float32Array.of(1), calibration)).toThrow(
      "got embeddings of 32 and 1 numbers",
    );
  });
});

describe("the calibration that comes with cosface", () => {
  it("belongs to the default embedder as it is now, and holds every default rate", async () => {
    const embedder = await openEmbedder("default");
    await embedder.close();
    const builtIn = builtInCalibrations.find(({ model }) => model === embedder.id);
    expect(builtIn).toBeDefined();
    const thresholds = DEFAULT_FARS.map((far) => thresholdFor(builtIn!, far).threshold);
    expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
    expect(parseCalibration("built in", JSON.stringify(builtIn))).toEqual(builtIn);
  });
});

describe("calibration files", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosface-calibration-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("give back what was written, with intervals that have no end, and leave no draft behind", async () => {
    const open = { low: 0.3, high: Number.POSITIVE_INFINITY };
    const withInfinity = {
      ...calibration,
      thresholds: [{ ...thresholdFor(calibration, 1e-3), thresholdInterval: open }, calibration.thresholds[2]!],
    };
    const model = join(folder, "model.onnx");
    await writeCalibration(calibrationFile(model), withInfinity);
    expect(await readCalibration(model, source.model)).toEqual(withInfinity);
    expect(await readdir(folder)).toEqual(["model.onnx.calibration.json"]);
  });

  it("are refused for another model, when damaged, and when missing", async () => {
    const model = join(folder, "other.onnx");
    await expect(readCalibration(model, "f00")).rejects.toThrow(/^no calibration for model f00: run cosface calibrate/);
    await writeCalibration(calibrationFile(model), calibration);
    await expect(readCalibration(model, "f00")).rejects.toThrow(
      /got the calibration of model 0123456789abcdef, expected that of f00/,
    );
    await writeFile(calibrationFile(model), '{"model": "0123456789abcdef"}');
    await expect(readCalibration(model, source.model)).rejects.toThrow(CalibrationError);
    expect(() => parseCalibration("x.json", "{")).toThrow("x.json: got a damaged calibration");
  });

  it("lie beside the model, and for the default model in the user's data folder", () => {
    expect(calibrationFile("a/b.onnx")).toBe("a/b.onnx.calibration.json");
    expect(calibrationFile("default")).toMatch(/cosface.default\.calibration\.json$/);
  });

  it("are passed over with a note where they cannot be read and cosface has its own", async () => {
    const before = process.env.XDG_DATA_HOME;
    process.env.XDG_DATA_HOME = join(folder, "home");
    try {
      // A folder in the file's place cannot be read by anybody, whatever the user's rights.
      await mkdir(calibrationFile("default"), { recursive: true });
      const notes: string[] = [];
      const [builtIn] = builtInCalibrations;
      const onNote = (text: string) => notes.push(text);
      expect(await readCalibration("default", builtIn!.model, { onNote })).toBe(builtIn);
      expect(notes).toEqual([
        `${calibrationFile("default")} cannot be read (EISDIR): using the calibration that comes with cosface`,
      ]);
      await expect(readCalibration("default", "f00", { onNote })).rejects.toThrow(/cannot be read \(EISDIR\)/);
    } finally {
      if (before === undefined) delete process.env.XDG_DATA_HOME;
      else process.env.XDG_DATA_HOME = before;
    }
  });

  it("keep the built-in thresholds that a calibration of the default model does not support", async () => {
    const [builtIn] = builtInCalibrations;
    const file = join(folder, "default.calibration.json");
    const own = { ...calibration, model: builtIn!.model };
    const merged = await writeCalibration(file, own);
    // 60 people support 1e-2 and 1e-3, and not 1e-4, of which cosface has a threshold.
    expect(merged.thresholds.map(({ far, keptFrom }) => [far, keptFrom?.date])).toEqual([
      [1e-2, undefined],
      [1e-3, undefined],
      [1e-4, builtIn!.date],
    ]);
    expect(thresholdFor(merged, 1e-4).threshold).toBe(thresholdFor(builtIn!, 1e-4).threshold);
    expect(parseCalibration(file, await readFile(file, "utf8"))).toEqual(merged);
  });

  it("mean what they say or are refused by name, however they are changed", () => {
    const text = JSON.stringify(calibration);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(40), fc.string({ maxLength: 6 }), (at, cut, inserted) => {
        const changed = text.slice(0, at) + inserted + text.slice(at + cut);
        let read: Calibration;
        try {
          read = parseCalibration("c.json", changed);
        } catch (error) {
          expect(error).toBeInstanceOf(CalibrationError);
          expect((error as Error).message).toMatch(/^c\.json: /);
          return;
        }
        for (const entry of read.thresholds) {
          expect(entry.far > 0 && entry.far <= 1).toBe(true);
          if (entry.threshold === null) continue;
          expect(Math.abs(entry.threshold)).toBeLessThanOrEqual(1 + 1e-6);
          expect(entry.thresholdInterval.low).not.toBeNaN();
        }
      }),
      { numRuns: 1500 },
    );
  });
});
