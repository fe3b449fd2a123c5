import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";

const home = mkdtempSync(join(tmpdir(), "cosface-home-"));
afterAll(() => rmSync(home, { recursive: true }));

/** Opens a session, which loads the runtime. */
const script = (session: string, graph: string, onnx: string) => `
  import { createSession } from ${JSON.stringify(session)};
  import { input, mul } from ${JSON.stringify(graph)};
  import { writeOnnx } from ${JSON.stringify(onnx)};
  const model = writeOnnx({ name: "twice", outputs: { y: mul(input("x", "f32", [1]), 2) } });
  await (await createSession(model)).close();
`;

it("keeps ONNX Runtime from recording its use in the user's cache folder", () => {
  const modules = ["session.ts", "../graph/index.ts", "../onnx/index.ts"] as const;
  const [session, graph, onnx] = modules.map((name) => join(import.meta.dirname, name));
  const { ORT_DISABLE_TELEMETRY, XDG_CACHE_HOME, ...env } = process.env;
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", script(session!, graph!, onnx!)],
    { env: { ...env, HOME: home }, encoding: "utf8", timeout: 30_000 },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(readdirSync(home, { recursive: true })).toEqual([]);
});
