import { FaceError, InternalError, requireKnownKeys, requireOneOf } from "../../base/core/index.ts";
import { mainFace } from "./main-face.ts";
import { type Photograph, photographPath, readPhotograph } from "./photograph.ts";
import { type EmbeddedFace, type FacePipeline, requireOpen } from "./pipeline.ts";

/** Which face of a photograph is meant: the only one, or the largest near the middle ({@link mainFace}). */
export type FaceRule = "only" | "largest";

/** How the face of a photograph is found. */
export type FindFaceOptions = {
  /** Default "only": a photograph of several faces is refused. */
  readonly face?: FaceRule;
  /** What errors call the photograph; default its path, else "photograph". */
  readonly name?: string;
};

/**
 * The one face of a photograph, with its embedding.
 *
 * @throws {FaceError} when no face is found, or several are found and the rule is "only".
 * @throws {OptionError | ImageError} as {@link readPhotograph}.
 */
export async function findFace(
  faces: FacePipeline,
  photograph: Photograph,
  options: FindFaceOptions = {},
): Promise<EmbeddedFace> {
  requireKnownKeys("options of findFace", options, { face: true, name: true });
  const { face: rule = "only", name = photographPath(photograph) ?? "photograph" } = options;
  requireFaceRule(rule);
  requireOpen(faces);
  const path = photographPath(photograph);
  const ofFile = path === undefined ? {} : { file: path };
  const image = await readPhotograph(photograph);
  const detected = await faces.detector.detect(image);
  const main = mainFace(detected, image);
  if (main === undefined) {
    throw new FaceError(`${name}: no face found: choose an image that shows it larger or more clearly`, ofFile);
  }
  if (detected.length > 1 && rule === "only") {
    throw new FaceError(
      `${name}: ${detected.length} faces found, expected one: crop the image, or take the largest face (--face largest)`,
      ofFile,
    );
  }
  const [face] = await faces.embedFaces(image, [main]);
  if (face === undefined) throw new InternalError(`internal: ${name}: the embedder returned no embedding`);
  return face;
}

/** @throws {OptionError} for a value that is not a rule. */
export function requireFaceRule(face: FaceRule): void {
  requireOneOf<FaceRule>("face", face, ["only", "largest"]);
}
