import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openDataset } from "../../../base/data/index.ts";
import { encodeImage } from "../../../base/image/index.ts";
import { syntheticFaces } from "../../../training/synthetic/index.ts";
import { strayImages, train } from "../../../training/train/index.ts";
import { createProgram } from "../../program.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cosface-strays-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(root, { recursive: true, force: true });
});

it("geometry --strays lists files of the folder, the farthest first, in a file and not in its output", async () => {
  const [faces, folder, list] = ["faces", "run", "strays.txt"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  const drawn = syntheticFaces({ identityCount: 2, imagesPerIdentity: 3, seed: 3, width: 16, height: 16 });
  for await (const { image, label, source } of drawn) {
    mkdirSync(join(faces, `person ${label}`), { recursive: true });
    const name = `${source.replace(/\W/g, "")}.png`;
    writeFileSync(join(faces, `person ${label}`, name), await encodeImage(image, { format: "png" }));
  }
  const dataset = await openDataset(faces);
  const options = { inputSize: [16, 16], embeddingSize: 3, batchSize: 2, iterations: 1, seed: 5, threads: 1 } as const;
  const loss = { name: "cosface", scale: 4, subcenters: 2 } as const;
  await train({ dataset, folder, options: { ...options, network: "toy", loss, measureLowerings: false } });
  const { strays } = await strayImages(folder, dataset, { degrees: 20 });
  expect(strays.length).toBeGreaterThan(0);

  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const words = ["geometry", folder, "--data", faces, "--strays", list, "--stray-degrees", "20", "--json"];
  await (await createProgram("geometry")).parseAsync(words, { from: "user" });
  const output = write.mock.calls.map(([text]) => text).join("");
  expect(JSON.parse(output).strays).toEqual({ file: list, degrees: 20, count: strays.length, imageCount: 6 });
  const lines = readFileSync(list, "utf8").trimEnd().split("\n");
  expect(lines.map((line) => Number(line.split("\t")[1]))).toEqual(
    strays.map(({ degrees }) => Number(degrees.toFixed(1))),
  );
  for (const line of lines) expect(line).toMatch(/^person [01]\/\w+\.png\t\d+\.\d$/);
  expect(output).not.toContain("person");
});
