import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { claim, release } from "./claim.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cosface-claim-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("belongs to one process until it is released", () => {
  const path = join(folder, "a");
  expect(claim(path)).toBe(true);
  expect(claim(path)).toBe(false);
  release(path);
  expect(claim(path)).toBe(true);
});

it("of a process that has ended is void", () => {
  const path = join(folder, "a");
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(path, String(pid));
  expect(claim(path)).toBe(true);
  expect(readFileSync(path, "utf8")).toBe(String(process.pid));
});
