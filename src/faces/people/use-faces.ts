import { describeValue, OptionError } from "../../base/core/index.ts";
import { type FacePipeline, openFaces, requireOpen } from "../face/index.ts";

/** The networks that a call uses. */
export type FacesChoice = {
  /**
   * Detector and embedder, which stay open; default: those that npm installs, opened for this call and closed after it.
   */
  readonly faces?: FacePipeline;
};

/** Runs with the given networks, else with the default ones, which it opens and closes. */
export async function withFaces<Result>(
  { faces }: FacesChoice,
  run: (faces: FacePipeline) => Promise<Result>,
): Promise<Result> {
  if (faces !== undefined) {
    requireFaces(faces);
    return run(faces);
  }
  const opened = await openFaces();
  try {
    return await run(opened);
  } finally {
    await opened.close();
  }
}

/**
 * @throws {OptionError} for a value that is not networks, such as their promise.
 * @throws {ModelError} when they were closed.
 */
export function requireFaces(faces: FacePipeline): void {
  if (typeof faces === "object" && faces !== null && "detector" in faces && "embedder" in faces) {
    requireOpen(faces);
    return;
  }
  throw new OptionError(`faces: got ${describeValue(faces)}, expected what openFaces() opens: await openFaces()`);
}
