/**
 * CompreFace's requests and answers (its REST API, version 1.2), which its existing clients expect. Its `similarity` is
 * here the cosine of two embeddings and its box's `probability` the detector's score: neither is a probability.
 */
import type { Collection, Gallery } from "../../gallery/index.ts";
import { Type } from "../app.ts";
import type { EmbeddedFace, Faces, PictureFaces, ServerParts } from "../parts.ts";
import { collectionFor } from "../routes/templates.ts";
import { Name, Score } from "../schemas.ts";

/** CompreFace gave each key a collection of its own; here all of its routes share this one. */
export const COLLECTION = "default";

export const tags = ["CompreFace"];

/** Options of a picture's routes. A limit of 0 is none. */
export const FaceQuery = {
  limit: Type.Integer({ minimum: 0, maximum: 1000, default: 0, description: "Most faces, the largest first" }),
  det_prob_threshold: Type.Number({ minimum: 0, maximum: 1, default: 0, description: "Lowest score of a face" }),
  face_plugins: Type.String({ maxLength: 256, default: "", description: "landmarks and calculator are known" }),
  status: Type.Boolean({ default: false }),
};

export const FaceAnswer = {
  box: Type.Object({
    probability: Type.Number(),
    x_min: Type.Integer(),
    y_min: Type.Integer(),
    x_max: Type.Integer(),
    y_max: Type.Integer(),
  }),
  landmarks: Type.Optional(Type.Array(Type.Array(Type.Integer()))),
  embedding: Type.Optional(Type.Array(Type.Number())),
};

export const ImageAnswer = Type.Object({ image_id: Type.String(), subject: Name });
export const Similarity = Score;
/** Versions of the "plugins", for who asks by `status`. */
export const Versions = Type.Optional(Type.Object({ detector: Type.String(), calculator: Type.String() }));

export type FaceOptions = {
  readonly limit: number;
  readonly det_prob_threshold: number;
  readonly face_plugins: string;
  readonly status: boolean;
};

/** The collection of these routes, made when missing: CompreFace's clients expect it to be there. */
export function sharedCollection(gallery: Gallery, { faces }: ServerParts): Promise<Collection> {
  return collectionFor(gallery, COLLECTION, faces.model);
}

/** Faces of at least a score, the largest first where their number is limited. */
export function chooseFaces<T extends Omit<EmbeddedFace, "embedding">>(
  { faces }: PictureFaces<T>,
  { det_prob_threshold: lowest, limit }: Pick<FaceOptions, "det_prob_threshold" | "limit">,
): readonly T[] {
  const found = faces.filter(({ score }) => score >= lowest);
  if (limit === 0) return found;
  const area = ({ box }: T) => box.width * box.height;
  return found.toSorted((a, b) => area(b) - area(a)).slice(0, limit);
}

/** A face in CompreFace's words, with what the plugins ask for. */
export function describeFace(
  { box, embedding, landmarks, score }: Omit<EmbeddedFace, "embedding"> & { readonly embedding?: Float32Array },
  { face_plugins }: Pick<FaceOptions, "face_plugins">,
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

export function versions({ model }: Faces, { status }: Pick<FaceOptions, "status">) {
  return status ? { plugins_versions: { detector: model.detector, calculator: model.id } } : {};
}
