/** The rate of batches from a record file: decoded, augmented, ready for training. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataset, packDataset } from "../../src/base/data/index.ts";
import { trainingBatches } from "../../src/training/batches/index.ts";
import { syntheticFaces } from "../../src/training/synthetic/index.ts";
import { type Suite, summarize } from "../measurement.ts";
import { runOurs } from "../processes.ts";

const FACES = { identityCount: 20, imagesPerIdentity: 32, seed: 1, width: 112, height: 112 };
const BATCH = 32;

/** Images per second of the first pass, which decodes every image, compared with the training step of mobilefacenet. */
export const dataSuite: Suite = async ({ rounds, threads, imageCount, onProgress }) => {
  const folder = await mkdtemp(join(tmpdir(), "cosface-bench-"));
  try {
    const file = join(folder, "train.rec");
    onProgress("drawing faces");
    await packDataset(syntheticFaces(FACES), folder);
    const { imagesPerSecond: need } = runOurs({
      job: "train",
      network: "mobilefacenet-512",
      batchSize: BATCH,
      threads,
      imageCount,
    });
    const runs = [];
    for (let round = 0; round < rounds; round++) {
      onProgress(`decoding, round ${round + 1} of ${rounds}`);
      runs.push({ value: await decodingRate(file), reference: need });
    }
    return [summarize({ measure: "decode + flip, RecordIO", unit: "images/s", against: "mobilefacenet's step" }, runs)];
  } finally {
    await rm(folder, { recursive: true });
  }
};

async function decodingRate(file: string): Promise<number> {
  const dataset = await openDataset(file);
  const batches = trainingBatches(dataset, { batchSize: BATCH, height: 112, width: 112, seed: 1 });
  const count = Math.floor(dataset.sampleCount / BATCH);
  const start = performance.now();
  for (let i = 0; i < count; i++) await batches.next();
  const seconds = (performance.now() - start) / 1000;
  await batches.return();
  await dataset.close();
  return (count * BATCH) / seconds;
}
