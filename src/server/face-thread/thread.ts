/**
 * The thread that runs the networks: ONNX Runtime blocks the thread that calls it, so that here it does not hold up
 * requests. Pictures that have come in while the networks were busy are looked at together: the faces of all of them are
 * embedded in one run.
 */
import { setImmediate } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { CosfaceError } from "../../core/index.ts";
import { embeddingLength } from "../../embedder/index.ts";
import { type DetectedFace, type EmbeddedFace, type FacePipeline, faceQuality, openFaces } from "../../face/index.ts";
import { decodeImage, encodeImage } from "../../image/index.ts";
import type { FaceTask, FoundFace, SentError, ThreadMessage, ThreadOptions } from "./messages.ts";

/** Pictures that are looked at together: more would keep the first of them waiting for the last. */
const LARGEST_BATCH = 8;
const THUMBNAIL_QUALITY = 90;

const { maxPixels, ...options } = workerData as ThreadOptions;
const limits = maxPixels === undefined ? {} : { maxPixels };
const waiting: FaceTask[] = [];
let isRunning = false;

try {
  const pipeline = await openFaces(options);
  const { detector, embedder } = pipeline;
  send({
    kind: "ready",
    model: {
      id: embedder.id,
      size: embeddingLength(embedder.contract),
      license: embedder.license,
      detector: detector.name,
      detectorLicense: detector.license,
    },
  });
  parentPort!.on("message", (task: FaceTask) => {
    waiting.push(task);
    if (!isRunning) void run(pipeline);
  });
} catch (error) {
  send({ kind: "failed", error: describeError(error) });
}

async function run(pipeline: FacePipeline): Promise<void> {
  isRunning = true;
  while (waiting.length > 0) {
    await setImmediate(); // Messages that are in the port's queue already come in here.
    const batch = waiting.splice(0, LARGEST_BATCH);
    try {
      await Promise.all([
        embedAll(
          pipeline,
          batch.filter(({ kind, quality }) => kind === "embed" && !quality),
        ),
        ...batch.filter(({ quality }) => quality).map((task) => measure(pipeline, task)),
        ...batch.filter(({ kind }) => kind === "detect").map((task) => detect(pipeline, task)),
      ]);
    } catch (error) {
      // A fault that is no picture's own. Those of the batch that have their answer take no other.
      for (const { id } of batch) send({ kind: "refused", id, error: describeError(error) });
    }
  }
  isRunning = false;
}

async function detect({ detector }: FacePipeline, { id, picture }: FaceTask): Promise<void> {
  try {
    const image = await decodeImage(picture, limits);
    const faces = (await detector.detect(image)).map(placeOf);
    send({ kind: "found", id, found: { width: image.width, height: image.height, faces } });
  } catch (error) {
    send({ kind: "refused", id, error: describeError(error) });
  }
}

/** A picture by itself, since its pixels are needed to measure its faces. */
async function measure(pipeline: FacePipeline, { id, picture, thumbnails }: FaceTask): Promise<void> {
  try {
    const image = await decodeImage(picture, limits);
    const faces = await Promise.all(
      (await pipeline.embed(image)).map(async (face) => ({
        ...(await toFound(face, thumbnails)),
        quality: await faceQuality(image, face),
      })),
    );
    send({ kind: "found", id, found: { width: image.width, height: image.height, faces } });
  } catch (error) {
    send({ kind: "refused", id, error: describeError(error) });
  }
}

async function embedAll(pipeline: FacePipeline, tasks: readonly FaceTask[]): Promise<void> {
  for await (const result of pipeline.stream(tasks, ({ picture }) => decodeImage(picture, limits))) {
    const { id, thumbnails } = result.item;
    if (result.error !== undefined) {
      send({ kind: "refused", id, error: describeError(result.error) });
      continue;
    }
    const { width, height } = result;
    const faces = await Promise.all(result.faces.map((face) => toFound(face, thumbnails)));
    send({ kind: "found", id, found: { width, height, faces } });
  }
}

async function toFound(face: EmbeddedFace, hasThumbnail: boolean): Promise<FoundFace> {
  const found = { ...placeOf(face), embedding: face.embedding };
  if (!hasThumbnail) return found;
  return { ...found, thumbnail: await encodeImage(face.crop, { format: "jpeg", quality: THUMBNAIL_QUALITY }) };
}

function placeOf({ box, landmarks, score }: DetectedFace): FoundFace {
  return { box, landmarks, score };
}

function describeError(error: unknown): SentError {
  if (error instanceof CosfaceError) return { code: error.code, message: error.message };
  return { code: undefined, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function send(message: ThreadMessage): void {
  parentPort!.postMessage(message);
}
