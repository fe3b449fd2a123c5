import { expect, it } from "vitest";
import { isUuid } from "./checks.ts";
import { idSequence } from "./ids.ts";

it("makes ids that are all different, ascend in runs with one beginning, and share nothing with another batch's", () => {
  const next = idSequence();
  const ids = Array.from({ length: 10_000 }, next);
  expect(ids.every((id) => isUuid(id) && /^.{14}8.{4}[89ab]/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  for (const run of [ids.slice(0, 4096), ids.slice(4096, 8192), ids.slice(8192)]) {
    expect(run).toEqual([...run].sort());
    expect(new Set(run.map((id) => id.slice(0, 14))).size).toBe(1);
  }
  expect(new Set([...ids.slice(0, 1), ids[4096]!, idSequence()()].map((id) => id.slice(0, 14))).size).toBe(3);
});
