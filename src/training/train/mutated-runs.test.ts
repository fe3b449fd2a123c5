/**
 * Damaged checkpoints and logs of runs: what is read is what was saved, or a typed error names the file.
 * `COSFACE_MUTATIONS=10000` tries that many.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { jsonMutations, mutatedFiles } from "../../../test/mutations.ts";
import { mutationCount, mutationTimeout } from "../../../test/support/mutation-count.ts";
import { tryMutations } from "../../../test/support/try-mutations.ts";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { type LogRow, readRunLog } from "./run-log.ts";

const COUNT = mutationCount(200);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cosface-runs-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it(`${COUNT} mutated checkpoints are read as they were saved or refused`, {
  timeout: mutationTimeout(COUNT),
}, async () => {
  const checkpoint: Checkpoint = {
    iteration: 7,
    iterations: 20,
    state: {
      w: { type: "f32", shape: [2, 3], data: Float32Array.of(1, -0, Number.MIN_VALUE, 3.5, 1e9, -2) },
      centers: { type: "f32", shape: [4], data: Float32Array.of(1, 2, 3, 4) },
    },
    choices: { "convWeightGradient 1": "taps" },
    fingerprint: `2:${"a".repeat(64)}:${"b".repeat(32)}`,
  };
  const path = await saveCheckpoint(folder, checkpoint);
  const good = readFileSync(path);
  const counts = await tryMutations({
    count: COUNT,
    file: mutatedFiles("checkpoint", 1, [{ format: "checkpoint", bytes: good }]),
    named: /^checkpoint-00000007\.safetensors: .*(damaged|format)/,
    async read({ bytes }) {
      writeFileSync(path, bytes);
      const read = await loadCheckpoint(folder);
      // The digest can get lost together with a part of the fingerprint, with which no run can continue.
      expect(read).toEqual({ ...checkpoint, fingerprint: read?.fingerprint });
    },
  });
  expect(counts.refused).toBeGreaterThan(COUNT / 2);
});

it(`${COUNT} mutated logs give a row for each of their lines or a typed error with the line`, {
  timeout: mutationTimeout(COUNT),
}, async () => {
  const rows: readonly LogRow[] = [
    { kind: "start", iteration: 0, time: "2026-01-01T00:00:00Z", options: { batchSize: 8 }, notes: ["a note"] },
    {
      kind: "train",
      iteration: 10,
      epoch: 0,
      loss: 12.5,
      accuracy: 0.25,
      learningRate: 0.1,
      margin: 0.35,
      imagesPerSecond: 100,
      seconds: 1,
    },
    { kind: "verify", iteration: 10, accuracy: 0.75, standardDeviation: 0.01, seconds: 1 },
    { kind: "scores", iteration: 10, edges: [-1, 0, 1], genuineCounts: [1, 2], impostorCounts: [3, 4] },
    { kind: "geometry", iteration: 10, measuredCount: 8, meanNearestDegrees: 80, smallestDegrees: 70 },
  ];
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const path = join(folder, "log.jsonl");
  const counts = await tryMutations({
    count: COUNT,
    file: mutatedFiles("log", 1, [{ format: "log", bytes: new TextEncoder().encode(text) }], {
      mutations: jsonMutations,
    }),
    named: /^log\.jsonl:\d+: /,
    read({ bytes }) {
      writeFileSync(path, bytes);
      const found = readRunLog(path);
      const lines = new TextDecoder().decode(bytes).split("\n");
      // A last line without an end was being written when the run ended: it is a row, or left out.
      const whole = lines.slice(0, -1);
      expect(found.slice(0, whole.length)).toEqual(whole.map((line) => JSON.parse(line)));
      expect(found.length - whole.length).toBeLessThanOrEqual(1);
      for (const row of found) {
        expect(row.iteration).toBeGreaterThanOrEqual(0);
        if (row.kind === "train") expect(row.loss).toEqual(expect.any(Number));
        if (row.kind === "geometry") expect(row.smallestDegrees).toEqual(expect.any(Number));
      }
    },
  });
  expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(COUNT / 20);
});
