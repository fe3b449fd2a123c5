/**
 * The whole of it in a few minutes, with this package alone: synthetic people, two networks that differ in their loss,
 * a test on people that neither network has seen, a model file and a report.
 */
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InternalError } from "../../../base/core/index.ts";
import type { FaceDataset } from "../../../base/data/index.ts";
import { encodeImage } from "../../../base/image/index.ts";
import { openEmbedder, verifySet } from "../../../faces/embedder/index.ts";
import {
  curvesOfLog,
  type QuickstartModel,
  quickstartReport,
  type ReportImage,
} from "../../../measure/report/index.ts";
import type { LossOptions } from "../../../training/losses/index.ts";
import { syntheticFaces, syntheticVerification } from "../../../training/synthetic/index.ts";
import { type TrainingOptions, train } from "../../../training/train/index.ts";
import { given } from "../../given.ts";
import { interruption, stoppable } from "../../interruption.ts";
import { describeMachine } from "../../machine.ts";
import { clearProgress, formatDuration, formatPercent, note, print, printJson, progress } from "../../output.ts";
import type { Flags } from "./options.ts";

/** `[height, width]`: small enough for two cores and five minutes, large enough to distinguish people. */
const INPUT = [48, 48] as const;
/** Its batch normalization lets it learn within the few steps that there is time for. */
const NETWORK = "iresnet10-light";
const TRAINING = { identityCount: 200, imagesPerIdentity: 20 };
const UNSEEN = { identityCount: 100, imagesPerIdentity: 8, pairsPerFold: 200 };

type Contender = Pick<QuickstartModel, "name"> & { readonly loss: QuickstartModel["loss"] & LossOptions };
const BASELINE: Contender = { name: "softmax", loss: { name: "softmax" } };
const COSFACE: Contender = { name: "CosFace", loss: { name: "cosface", margin: 0.35, scale: 30 } };

export async function run({ out, seed, threads, json }: Flags): Promise<void> {
  const { signal } = interruption("stopping without a report");
  const started = performance.now();
  const [height, width] = INPUT;
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const { identityCount, imagesPerIdentity } = TRAINING;
  note(`drawing ${identityCount} synthetic people, and ${UNSEEN.identityCount} others for the test`);
  const training = syntheticFaces({ ...TRAINING, seed, height, width });
  const unseen = syntheticVerification({ ...UNSEEN, firstIdentity: identityCount, seed, height, width });
  const options: TrainingOptions = {
    network: NETWORK,
    inputSize: INPUT,
    embeddingSize: 128,
    batchSize: 64,
    epochs: 5,
    learningRate: 0.05,
    warmUp: 50,
    milestones: [0.6, 0.85],
    seed,
    ...given({ threads }),
  };
  const compete = async ({ name, loss }: Contender): Promise<QuickstartModel> => {
    const begun = performance.now();
    const result = await train({
      dataset: training,
      options: { ...options, loss },
      folder: join(out, name.toLowerCase()),
      signal,
      onPreparation: progress,
      onRow: (row, { iterations, secondsLeft }) => {
        if (row.kind !== "train") return;
        const left = formatDuration(secondsLeft);
        progress(
          `${name}: step ${row.iteration}/${iterations}, training accuracy ${formatPercent(row.accuracy ?? Number.NaN, 1)}, ${left} left`,
        );
      },
    });
    const seconds = (performance.now() - begun) / 1000;
    signal.throwIfAborted();
    if (result.model === undefined) throw new InternalError("a finished run has no model");
    const embedder = await openEmbedder(result.model);
    const verification = await verifySet(embedder, unseen, {
      protocol: "synthetic",
      onProgress: stoppable(signal, "unseen faces"),
    });
    await embedder.close();
    note(
      `${name}: ${formatPercent(verification.accuracy)} of ${verification.pairCount} pairs of unseen people, after ${formatDuration(seconds)}`,
    );
    return { name, loss, curves: curvesOfLog(name, result.rows), result: verification, seconds };
  };
  const baseline = await compete(BASELINE);
  const cosface = await compete(COSFACE);
  clearProgress();
  const model = join(out, "model.onnx");
  const report = join(out, "report.html");
  const seconds = (performance.now() - started) / 1000;
  await copyFile(join(out, "cosface", "model.onnx"), model);
  await writeFile(
    report,
    quickstartReport({
      network: `${NETWORK} at ${height}×${width}, ${options.embeddingSize}-d`,
      trainingIdentityCount: identityCount,
      trainingImageCount: identityCount * imagesPerIdentity,
      unseenIdentityCount: UNSEEN.identityCount,
      models: [baseline, cosface],
      examples: await exampleImages(training),
      command: "npm run quickstart",
      seed,
      machine: describeMachine(),
      seconds,
      modelPath: model,
    }),
  );
  if (json) {
    const accuracies = { softmax: baseline.result.accuracy, cosface: cosface.result.accuracy };
    printJson({ model, report, seconds, accuracies });
  } else {
    print(
      `${model}  the CosFace network`,
      `${report}  the report, to open in a browser`,
      `in ${formatDuration(seconds)}`,
    );
  }
}

/** Three images of each of the first people, as the page shows them. */
async function exampleImages(dataset: FaceDataset): Promise<ReportImage[]> {
  const { imagesPerIdentity } = TRAINING;
  const indices = [0, 1, 2, 3].flatMap((identity) => [0, 1, 2].map((image) => identity * imagesPerIdentity + image));
  return Promise.all(
    indices.map(async (index) => {
      const { image, label } = await dataset.read(index);
      const png = await encodeImage(image, { format: "png" });
      const description = `synthetic person ${label + 1}`;
      return { dataUri: `data:image/png;base64,${Buffer.from(png).toString("base64")}`, description };
    }),
  );
}
