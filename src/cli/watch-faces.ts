/**
 * Checks the first faces that an embedder receives: wrong colors or a wrong alignment raise no error and give bad
 * scores.
 */
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

/** Faces that are checked: enough for a median, and about a second of work. */
export const WATCHED_FACES = 16;
/** Side in pixels below which a detector finds no face in a crop, however well it is aligned. */
const SMALLEST_SIDE = 64;

/** The checked parts of a face. */
type SeenFace = Pick<EmbeddedFace, "crop" | "landmarks">;

/**
 * Warns on stderr when colors, landmarks or alignment of faces seem wrong ({@link checkFaces}). Fewer than five faces,
 * and crops too small to find a face in, are not checked. Without a detector the default one is opened.
 */
export async function noteWarnings(
  faces: readonly SeenFace[],
  target: AlignmentTarget,
  detector?: FaceDetector,
): Promise<void> {
  if (faces.length < FEWEST_CHECKED_FACES || Math.min(target.width, target.height) < SMALLEST_SIDE) return;
  const used = detector ?? (await openDetector("default"));
  try {
    const seen = faces.slice(0, WATCHED_FACES);
    const crops = seen.map(({ crop }) => crop);
    const landmarks = seen.map((face) => face.landmarks);
    const options: CheckFacesOptions = { crops, landmarks, target, detector: used };
    for (const { message } of await checkFaces(options)) note(`warning: ${message} (${seen.length} faces looked at)`);
  } finally {
    if (detector === undefined) await used.close();
  }
}

/** The pipeline, which before it closes warns of what seems wrong with the first faces that it embedded. */
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
