import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { syntheticFaces } from "../src/training/synthetic/index.ts";

const command = join(import.meta.dirname, "..", "bin", "cosface.js");
let root: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cosface-killed-"));
  const dataset = syntheticFaces({ identityCount: 4, imagesPerIdentity: 4, seed: 1, width: 32, height: 32 });
  for (const [index, label] of dataset.labels.entries()) {
    const folder = join(root, "faces", String(label));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${index}.png`), await dataset.readBytes(index));
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function start(run: string, ...more: string[]): ChildProcess {
  const words = ["train", "--data", join(root, "faces"), "--out", join(root, run)];
  const network = ["--network", "sphere4", "--input", "32x32", "--embedding-size", "16", "--scale", "16"];
  const pace = ["--batch", "8", "--iterations", "40", "--learning-rate", "0.02", "--checkpoint-every", "20"];
  return spawn(process.execPath, [command, ...words, ...network, ...pace, "--threads", "1", "--seed", "3", ...more], {
    stdio: "ignore",
  });
}

const ended = (child: ChildProcess) =>
  new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal ?? code)),
  );

const digest = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("a run that is killed", () => {
  it("after a checkpoint ends, resumed, with the same bits as one that was not", { timeout: 180_000 }, async () => {
    expect(await ended(start("whole"))).toBe(0);

    const killed = start("killed");
    const end = ended(killed);
    const checkpoint = join(root, "killed", "checkpoint-00000020.safetensors");
    while (!existsSync(checkpoint) && killed.exitCode === null) await sleep(2);
    killed.kill("SIGKILL");
    expect(await end).toBe("SIGKILL");
    expect(existsSync(join(root, "killed", "model.onnx"))).toBe(false);

    expect(await ended(start("killed", "--resume"))).toBe(0);
    const last = "checkpoint-00000040.safetensors";
    expect(digest(join(root, "killed", last))).toBe(digest(join(root, "whole", last)));
    expect(digest(join(root, "killed", "model.onnx"))).toBe(digest(join(root, "whole", "model.onnx")));
  });

  it("by Ctrl-C saves, says how to go on, and exits with 130", { timeout: 60_000 }, async () => {
    const child = start("stopped", "--checkpoint-every", "1");
    const end = ended(child);
    while (!existsSync(join(root, "stopped", "checkpoint-00000002.safetensors")) && child.exitCode === null)
      await sleep(2);
    child.kill("SIGINT");
    expect(await end).toBe(130);
    expect(await ended(start("stopped", "--resume", "--checkpoint-every", "1"))).toBe(0);
    expect(digest(join(root, "stopped", "model.onnx"))).toBe(digest(join(root, "whole", "model.onnx")));
  });
});
