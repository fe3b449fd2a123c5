/**
 * The thread that runs the networks: ONNX Runtime blocks the thread that calls it, so it runs beside the event loop.
 * Images that arrived while the networks were busy are processed as one batch: the faces of all of them are embedded in
 * one run.
 */
import { setImmediate } from "node:timers/promises";
import { decodeImage, encodeImage, isSlowToDecode, type RgbImage, setDecodeLimits } from "../../../base/image/index.ts";
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
  /** Decodes the image, unless that has been done. */
  readonly decode: () => Promise<RgbImage>;
  readonly resolve: (found: ImageFaces<FoundFace>) => void;
  readonly reject: (error: unknown) => void;
};

await answerQuestions(async ({ limits = {}, ...options }: FaceThreadData) => {
  setDecodeLimits(limits);
  const pipeline = await openFaces(options);
  const { detector, embedder } = pipeline;
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      await setImmediate(); // Receives the messages that are already in the port's queue.
      await processBatch(pipeline, waiting.splice(0, LARGEST_BATCH));
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
  const answer = async (task: FaceTask) => {
    // A batch waits for its slowest image, so one that may take long is decoded before it joins a batch.
    const image = isSlowToDecode(task.image) ? await decodeImage(task.image) : undefined;
    const decode = async () => image ?? decodeImage(task.image);
    return new Promise<ImageFaces<FoundFace>>((resolve, reject) => {
      waiting.push({ task, decode, resolve, reject });
      if (!isRunning) void run();
    });
  };
  return { opened, answer };
});

async function processBatch(pipeline: FacePipeline, batch: readonly Waiting[]): Promise<void> {
  const isMany = ({ task }: Waiting) => task.kind === "embed" && !task.quality;
  const single = (entry: Waiting) =>
    (entry.task.quality ? measure : detect)(pipeline, entry).then(entry.resolve, entry.reject);
  try {
    const many = embedAll(pipeline, batch.filter(isMany));
    await Promise.all([many, ...batch.filter((entry) => !isMany(entry)).map(single)]);
  } catch (error) {
    // A fault that no single image has caused. Entries that have their answer ignore this one.
    for (const { reject } of batch) reject(error);
  }
}

async function detect({ detector }: FacePipeline, { decode }: Waiting) {
  const image = await decode();
  return { width: image.width, height: image.height, faces: (await detector.detect(image)).map(positionOf) };
}

/** One image alone, since its pixels are needed to measure its faces. */
async function measure(pipeline: FacePipeline, { decode, task: { thumbnails } }: Waiting) {
  const image = await decode();
  const faces = await Promise.all(
    (await pipeline.embed(image)).map(async (face) => ({
      ...(await toFound(face, thumbnails)),
      quality: await faceQuality(image, face),
    })),
  );
  return { width: image.width, height: image.height, faces };
}

async function embedAll(pipeline: FacePipeline, entries: readonly Waiting[]): Promise<void> {
  for await (const result of pipeline.stream(entries, ({ decode }) => decode())) {
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
