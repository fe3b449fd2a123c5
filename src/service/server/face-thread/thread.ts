/**
 * The thread that runs the networks: ONNX Runtime blocks the thread that calls it, so that here it does not hold up
 * requests. Pictures that have come in while the networks were busy are looked at together: the faces of all of them are
 * embedded in one run.
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
import type { FaceModel, PictureFaces } from "../parts.ts";
import type { FaceTask, FaceThreadData, FoundFace } from "./messages.ts";

/** Pictures that are looked at together: more would keep the first of them waiting for the last. */
const LARGEST_BATCH = 8;
const THUMBNAIL_QUALITY = 90;

/** A picture to look at, and where its answer goes. */
type Waiting = {
  readonly task: FaceTask;
  readonly resolve: (found: PictureFaces<FoundFace>) => void;
  readonly reject: (error: unknown) => void;
};

await answerQuestions(async ({ maxPixels, ...options }: FaceThreadData) => {
  const pipeline = await openFaces(options);
  const { detector, embedder } = pipeline;
  const decode = (picture: Uint8Array) => decodeImage(picture, maxPixels === undefined ? {} : { maxPixels });
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      await setImmediate(); // Messages that are in the port's queue already come in here.
      await lookAt(pipeline, decode, waiting.splice(0, LARGEST_BATCH));
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
    new Promise<PictureFaces<FoundFace>>((resolve, reject) => {
      waiting.push({ task, resolve, reject });
      if (!isRunning) void run();
    });
  return { opened, answer };
});

type Decode = (picture: Uint8Array) => Promise<RgbImage>;

async function lookAt(pipeline: FacePipeline, decode: Decode, batch: readonly Waiting[]): Promise<void> {
  const isMany = ({ task }: Waiting) => task.kind === "embed" && !task.quality;
  const single = ({ task, resolve, reject }: Waiting) =>
    (task.quality ? measure : detect)(pipeline, decode, task).then(resolve, reject);
  try {
    const many = embedAll(pipeline, decode, batch.filter(isMany));
    await Promise.all([many, ...batch.filter((entry) => !isMany(entry)).map(single)]);
  } catch (error) {
    // A fault that is no picture's own. Those of the batch that have their answer take no other.
    for (const { reject } of batch) reject(error);
  }
}

async function detect({ detector }: FacePipeline, decode: Decode, { picture }: FaceTask) {
  const image = await decode(picture);
  return { width: image.width, height: image.height, faces: (await detector.detect(image)).map(placeOf) };
}

/** A picture by itself, since its pixels are needed to measure its faces. */
async function measure(pipeline: FacePipeline, decode: Decode, { picture, thumbnails }: FaceTask) {
  const image = await decode(picture);
  const faces = await Promise.all(
    (await pipeline.embed(image)).map(async (face) => ({
      ...(await toFound(face, thumbnails)),
      quality: await faceQuality(image, face),
    })),
  );
  return { width: image.width, height: image.height, faces };
}

async function embedAll(pipeline: FacePipeline, decode: Decode, entries: readonly Waiting[]): Promise<void> {
  for await (const result of pipeline.stream(entries, ({ task }) => decode(task.picture))) {
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
  const found = { ...placeOf(face), embedding: face.embedding };
  if (!hasThumbnail) return found;
  return { ...found, thumbnail: await encodeImage(face.crop, { format: "jpeg", quality: THUMBNAIL_QUALITY }) };
}

function placeOf({ box, landmarks, score }: DetectedFace): FoundFace {
  return { box, landmarks, score };
}
