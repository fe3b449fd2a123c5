import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonMutations, mutatedFiles } from "../../../test/mutations.ts";
import { mutationCount, mutationTimeout } from "../../../test/support/mutation-count.ts";
import { tryMutations } from "../../../test/support/try-mutations.ts";
import { ModelError } from "../../base/core/index.ts";
import { globalAveragePool, input } from "../../compiler/graph/index.ts";
import { writeOnnx } from "../../compiler/onnx/index.ts";
import { openEmbedder } from "./embedder.ts";
import { readSidecar } from "./sidecar.ts";

/** Mutated files to try: `COSFACE_MUTATIONS`, or 200. */
const COUNT = mutationCount(200);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-sidecar-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A network of somebody else: the mean color, with nothing said about preprocessing. */
async function foreignModel(name: string, sidecar?: string): Promise<string> {
  const path = join(folder, `${name}.onnx`);
  const images = input("data", "f32", ["N", 3, 8, 8]);
  await writeFile(path, writeOnnx({ name: "mean", outputs: { fc1: globalAveragePool(images) } }));
  if (sidecar !== undefined) await writeFile(join(folder, `${name}.json`), sidecar);
  return path;
}

describe("a JSON file beside a model", () => {
  it("says how its input is made, and may be overruled", async () => {
    const path = await foreignModel("said", '{ "channels": "bgr", "mean": 100, "std": 10, "license": "Apache-2.0" }');
    const embedder = await openEmbedder(path, { std: 20 });
    expect(embedder.license).toBe("Apache-2.0");
    expect(embedder.contract).toMatchObject({ channels: "bgr", mean: 100, std: 20, flip: "none", template: "arcface" });
    const orange = { width: 8, height: 8, data: Uint8Array.from({ length: 192 }, (_, i) => [200, 100, 0][i % 3]!) };
    expect([...(await embedder.embed([orange])).data]).toEqual([-5, 0, 5]);
    await embedder.close();
  });

  it("is missed in the error when nothing else says it", async () => {
    const path = await foreignModel("silent");
    await expect(openEmbedder(path)).rejects.toThrow("mean, std, channels missing");
  });

  it("gives an id that depends on it", async () => {
    const said = '{ "channels": "rgb", "mean": 0, "std": 1 }';
    const [first, same, other] = await Promise.all([
      foreignModel("first", said),
      foreignModel("same", said),
      foreignModel("other", said.replace("rgb", "bgr")),
    ]);
    const ids = [];
    for (const path of [first, same, other]) {
      const embedder = await openEmbedder(path);
      ids.push(embedder.id);
      await embedder.close();
    }
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it.each([
    ["no JSON", "{", "got text that is not JSON"],
    ["a list", "[1]", "expected an object such as"],
    ["an unknown key", '{ "chanels": "bgr" }', "got key 'chanels', expected channels, mean"],
    ["a divisor of 0", '{ "std": 0 }', "broken.json: got std 0, expected a positive number"],
    ["a value of another type", '{ "mean": "127" }', 'got mean "127", expected a number'],
  ])("is refused when it is %s", async (_, text, message) => {
    const path = await foreignModel("broken", text);
    await expect(readSidecar(path)).rejects.toThrow(ModelError);
    await expect(readSidecar(path)).rejects.toThrow(message);
  });

  it(`${COUNT} of them, mutated, give the preprocessing that they state or a typed error`, {
    timeout: mutationTimeout(COUNT),
  }, async () => {
    const sidecar = {
      channels: "bgr",
      mean: 127.5,
      std: 128,
      flip: "sum",
      template: "arcface",
      output: "feature",
      license: "MIT",
    };
    const bytes = new TextEncoder().encode(JSON.stringify(sidecar));
    const counts = await tryMutations({
      count: COUNT,
      file: mutatedFiles("sidecar", 1, [{ format: "sidecar", bytes }], { mutations: jsonMutations }),
      named: /^net\.json: /,
      async read(file) {
        await writeFile(join(folder, "net.json"), file.bytes);
        const { overrides, license } = await readSidecar(join(folder, "net.onnx"));
        const stated = JSON.parse(new TextDecoder().decode(file.bytes)) as typeof sidecar;
        const { license: statedLicense, ...statedOverrides } = stated;
        expect(license).toBe(statedLicense);
        for (const [key, value] of Object.entries(statedOverrides)) {
          if (key !== "template") expect(overrides).toHaveProperty(key, value);
        }
        expect(Object.keys(overrides).sort()).toEqual(Object.keys(statedOverrides).sort());
        expect(["rgb", "bgr", undefined]).toContain(overrides.channels);
        expect(Number.isFinite(overrides.mean ?? 0) && (overrides.std ?? 1) > 0).toBe(true);
      },
    });
    expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(COUNT / 20);
  });
});
