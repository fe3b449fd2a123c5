/** Answers in CompreFace's shape. */
import { FaceError } from "../../../base/core/index.ts";
import type { Collection, Gallery } from "../../gallery/index.ts";
import type { FaceQuery } from "../contract/compreface.ts";
import type { Faces, ImageFaces, ServedFace, ServerParts } from "../parts.ts";
import { collectionFor } from "../routes/templates.ts";

/** CompreFace gave each key its own collection; here all of its routes share this one. */
export const COLLECTION = "default";

/** The collection of these routes, created when missing: CompreFace's clients expect it to exist. */
export function sharedCollection(gallery: Gallery, { faces }: ServerParts): Promise<Collection> {
  return collectionFor(gallery, COLLECTION, faces.model);
}

/**
 * Faces of at least a score, the largest first if their number is limited.
 * @throws {FaceError} without a face: CompreFace answers an error, not an empty list.
 */
export function chooseFaces<T extends Omit<ServedFace, "embedding">>(
  { faces }: ImageFaces<T>,
  { det_prob_threshold: lowest, limit }: Pick<FaceQuery, "det_prob_threshold" | "limit">,
): readonly T[] {
  const found = faces.filter(({ score }) => score >= lowest);
  if (found.length === 0) throw new FaceError("image: got no face, expected at least one", { faceCount: 0 });
  if (limit === 0) return found;
  const area = ({ box }: T) => box.width * box.height;
  return found.toSorted((a, b) => area(b) - area(a)).slice(0, limit);
}

/** A face with the parts that the plugins ask for. */
export function describeFace(
  { box, embedding, landmarks, score }: Omit<ServedFace, "embedding"> & { readonly embedding?: Float32Array },
  { face_plugins }: Pick<FaceQuery, "face_plugins">,
) {
  const plugins = face_plugins.split(",").map((name) => name.trim());
  return {
    box: {
      probability: score,
      x_min: Math.round(box.x),
      y_min: Math.round(box.y),
      x_max: Math.round(box.x + box.width),
      y_max: Math.round(box.y + box.height),
    },
    ...(plugins.includes("landmarks") ? { landmarks: landmarks.map((point) => point.map(Math.round)) } : {}),
    ...(plugins.includes("calculator") && embedding !== undefined ? { embedding: [...embedding] } : {}),
  };
}

/** The networks, for requests with `status`. */
export function versions({ model }: Faces, { status }: Pick<FaceQuery, "status">) {
  const isAsked = /^(?:true|1)$/i.test(status);
  return isAsked ? { plugins_versions: { detector: model.detector, calculator: model.id } } : {};
}
