import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { averagePool, input, reshape } from "../../../compiler/graph/index.ts";
import { writeOnnx } from "../../../compiler/onnx/index.ts";
import { modelFile } from "../../../faces/models/index.ts";
import { createProgram } from "../../program.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-models-"));
  vi.stubEnv("XDG_DATA_HOME", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** What `cosface models WORDS --json` prints. */
async function models(...words: readonly string[]): Promise<unknown> {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += part;
    return true;
  });
  await (await createProgram("models")).parseAsync(["models", ...words, "--json"], { from: "user" });
  return JSON.parse(text);
}

describe("cosface models", () => {
  it("lists the networks that npm installed, with package and licence, and pulled models", async () => {
    await mkdir(join(folder, "cosface", "models"), { recursive: true });
    await writeFile(modelFile("mine"), "12345");
    const contract = expect.objectContaining({ inputSize: [150, 150], embeddingSize: 128 });
    const license = expect.stringContaining("CC0");
    expect(await models("list")).toEqual({
      embedders: [{ name: "default", package: "@vladmandic/face-api", id: "722b8b0142ae5834", license, contract }],
      detectors: ["default", "mediapipe", "ssd-mobilenet", "tiny-face"].map((name) =>
        expect.objectContaining({
          name,
          package: expect.any(String),
          license: expect.stringMatching(/^(MIT|Apache-2.0)$/),
        }),
      ),
      folder: join(folder, "cosface", "models"),
      pulled: [{ name: "mine", file: modelFile("mine"), byteCount: 5 }],
    });
  });

  it("describes a pulled embedder with its sidecar, and reports that it is not calibrated", async () => {
    await mkdir(join(folder, "cosface", "models"), { recursive: true });
    const pooled = averagePool(input("images", "f32", [1, 3, 112, 112]), { kernel: [56, 56], stride: [56, 56] });
    await writeFile(
      modelFile("pixels"),
      writeOnnx({ name: "pixels", outputs: { embedding: reshape(pooled, [1, 12]) } }),
    );
    const sidecar = modelFile("pixels").replace(".onnx", ".json");
    await writeFile(sidecar, '{ "mean": 127.5, "std": 128, "channels": "bgr", "license": "MIT" }');
    expect(await models("describe", "pixels")).toEqual({
      kind: "embedder",
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      license: "MIT",
      contract: {
        inputSize: [112, 112],
        embeddingSize: 12,
        mean: 127.5,
        std: 128,
        channels: "bgr",
        template: "arcface",
        flip: "none",
      },
      sidecar,
      candidates: [{ name: "embedding", size: 12 }],
      calibration: null,
      reason: expect.stringContaining("run cosface calibrate"),
    });
    await copyFile(modelFile("pixels"), join(folder, "bare.onnx"));
    await expect(models("describe", join(folder, "bare.onnx"))).rejects.toThrow(/does not state how its input is made/);
  });

  it("writes the card of the default embedder, and into a file", async () => {
    const card = await models("card", "default", "--out", join(folder, "card.md"));
    expect(card).toMatchObject({
      id: "722b8b0142ae5834",
      provenance: { data: expect.stringContaining("7,485 people") },
      thresholds: [{ far: 0.01, sources: [{ identityCount: 844 }, { identityCount: 75 }] }, {}, {}],
    });
    expect(await readFile(join(folder, "card.md"), "utf8")).toContain("# default");
    await writeFile(join(folder, "other.json"), JSON.stringify({ model: "f00", groups: [] }));
    const assessed = models("card", "default", "--assessment", join(folder, "other.json"));
    await expect(assessed).rejects.toThrow("got the assessment of model f00");
  });

  it("describes detectors, and the default embedder with its calibration", async () => {
    expect(await models("describe", "tiny-face")).toMatchObject({ kind: "detector", license: "MIT" });
    expect(await models("describe", "default")).toMatchObject({
      kind: "embedder",
      sidecar: null,
      calibration: { imageCount: 3071 },
    });
  });
});
