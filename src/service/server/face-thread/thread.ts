/**
 * The thread that runs the networks: ONNX Runtime blocks the thread that calls it, so it runs beside the event loop.
 * Images that arrived while the networks were busy are processed as one batch: the faces of all of them are embedded in
 * one run.
 */
import { setImmediate } from "node:timers/promises";
import { decodeImage, encodeImage, type RgbImage } from "../../../base/image/index.ts";
import { answerQuestions } from "../../../base/threads/index.ts";
import { embeddingLength } from "../../../faces/embedder/index.ts";
import {
  type DetectedFace,
  type EmbeddedFace,
  type FacePipeline,
  faceQuality,
  openFaces,
} from "../../../faces/face/index.ts";
import type { FaceModel, ImageFaces } from "../parts.ts";
import type { FaceTask, FaceThreadData, FoundFace } from "./messages.ts";

/** Most images of a batch: in a larger one the first would wait for the last. */
const LARGEST_BATCH = 8;
const THUMBNAIL_QUALITY = 90;

/** An image to process, and the promise of its answer. */
type Waiting = {
  readonly task: FaceTask;
  readonly resolve: (found: ImageFaces<FoundFace>) => void;
  readonly reject: (error: unknown) => void;
};

await answerQuestions(async ({ maxPixels, ...options }: FaceThreadData) => {
  const pipeline = await openFaces(options);
  const { detector, embedder } = pipeline;
  const decode = (image: Uint8Array) => decodeImage(image, maxPixels === undefined ? {} : { maxPixels });
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      await setImmediate(); // Receives the messages that are already in the port's queue.
      await processBatch(pipeline, decode, waiting.splice(0, LARGEST_BATCH));
    }
    isRunning = false;
  }

  const opened: FaceModel = {
    id: embedder.id,
    size: embeddingLength(embedder.contract),
    license: embedder.license,
    detector: detector.name,
    detectorLicense: detector.license,
  };
  const answer = (task: FaceTask) =>
    new Promise<ImageFaces<FoundFace>>((resolve, reject) => {
      waiting.push({ task, resolve, reject });
      if (!isRunning) void run();
    });
  return { opened, answer };
});

type Decode = (image: Uint8Array) => Promise<RgbImage>;

async function processBatch(pipeline: FacePipeline, decode: Decode, batch: readonly Waiting[]): Promise<void> {
  const isMany = ({ task }: Waiting) => task.kind === "embed" && !task.quality;
  const single = ({ task, resolve, reject }: Waiting) =>
    (task.quality ? measure : detect)(pipeline, decode, task).then(resolve, reject);
  try {
    const many = embedAll(pipeline, decode, batch.filter(isMany));
    await Promise.all([many, ...batch.filter((entry) => !isMany(entry)).map(single)]);
  } catch (error) {
    // A fault that no single image has caused. Entries that have their answer ignore this one.
    for (const { reject } of batch) reject(error);
  }
}

async function detect({ detector }: FacePipeline, decode: Decode, { image: bytes }: FaceTask) {
  const image = await decode(bytes);
  return { width: image.width, height: image.height, faces: (await detector.detect(image)).map(positionOf) };
}

/** One image alone, since its pixels are needed to measure its faces. */
async function measure(pipeline: FacePipeline, decode: Decode, { image: bytes, thumbnails }: FaceTask) {
  const image = await decode(bytes);
  const faces = await Promise.all(
    (await pipeline.embed(image)).map(async (face) => ({
      ...(await toFound(face, thumbnails)),
      quality: await faceQuality(image, face),
    })),
  );
  return { width: image.width, height: image.height, faces };
}

async function embedAll(pipeline: FacePipeline, decode: Decode, entries: readonly Waiting[]): Promise<void> {
  for await (const result of pipeline.stream(entries, ({ task }) => decode(task.image))) {
    const { task, resolve, reject } = result.item;
    if (result.error !== undefined) {
      reject(result.error);
      continue;
    }
    const { width, height } = result;
    resolve({ width, height, faces: await Promise.all(result.faces.map((face) => toFound(face, task.thumbnails))) });
  }
}

async function toFound(face: EmbeddedFace, hasThumbnail: boolean): Promise<FoundFace> {
  const found = { ...positionOf(face), embedding: face.embedding };
  if (!hasThumbnail) return found;
  return { ...found, thumbnail: await encodeImage(face.crop, { format: "jpeg", quality: THUMBNAIL_QUALITY }) };
}

function positionOf({ box, landmarks, score }: DetectedFace): FoundFace {
  return { box, landmarks, score };
}
