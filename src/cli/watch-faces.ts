/** A look at the first faces of a run, as the embedder gets them: wrong colors or alignment give scores all the same. */
import { type AlignmentTarget, alignmentTarget } from "../faces/embedder/index.ts";
import {
  type CheckFacesOptions,
  checkFaces,
  type EmbeddedFace,
  type FaceDetector,
  type FacePipeline,
  FEWEST_CHECKED_FACES,
  openDetector,
} from "../faces/face/index.ts";
import { note } from "./output.ts";

/** Faces that are looked at: enough for a median, and about a second of work. */
export const WATCHED_FACES = 16;
/** Pixels of a side below which a detector finds no face in a crop, however well it is aligned. */
const SMALLEST_SIDE = 64;

/** What is looked at of a face. */
type SeenFace = Pick<EmbeddedFace, "crop" | "landmarks">;

/**
 * Tells on stderr when colors, landmarks or alignment of faces seem wrong ({@link checkFaces}); of fewer than five, and of
 * crops too small to find a face in, nothing is told. Without a detector the default one looks.
 */
export async function noteWarnings(
  faces: readonly SeenFace[],
  target: AlignmentTarget,
  detector?: FaceDetector,
): Promise<void> {
  if (faces.length < FEWEST_CHECKED_FACES || Math.min(target.width, target.height) < SMALLEST_SIDE) return;
  const looking = detector ?? (await openDetector("default"));
  try {
    const seen = faces.slice(0, WATCHED_FACES);
    const crops = seen.map(({ crop }) => crop);
    const landmarks = seen.map((face) => face.landmarks);
    const options: CheckFacesOptions = { crops, landmarks, target, detector: looking };
    for (const { message } of await checkFaces(options)) note(`warning: ${message} (${seen.length} faces looked at)`);
  } finally {
    if (detector === undefined) await looking.close();
  }
}

/** The pipeline, which before it closes tells what seems wrong with the first faces that it embedded. */
export function watchFaces(pipeline: FacePipeline, detector?: FaceDetector): FacePipeline {
  const seen: SeenFace[] = [];
  const see = (faces: readonly SeenFace[]) => seen.push(...faces.slice(0, WATCHED_FACES - seen.length));
  return {
    detector: pipeline.detector,
    embedder: pipeline.embedder,
    async embed(image) {
      const faces = await pipeline.embed(image);
      see(faces);
      return faces;
    },
    async embedFaces(image, found) {
      const faces = await pipeline.embedFaces(image, found);
      see(faces);
      return faces;
    },
    async *stream(items, read, options) {
      for await (const result of pipeline.stream(items, read, options)) {
        if (result.error === undefined) see(result.faces);
        yield result;
      }
    },
    async close() {
      try {
        await noteWarnings(seen, alignmentTarget(pipeline.embedder.contract), detector);
      } finally {
        await pipeline.close();
      }
    },
  };
}
