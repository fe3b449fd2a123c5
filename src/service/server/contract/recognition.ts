/** Questions about images: who is on it, which faces, whether two are alike. */
import { imageBody, imagesBody, ONE_IMAGE, SEVERAL_IMAGES } from "./bodies.ts";
import { type Described, type RouteContract, Type } from "./schema.ts";
import {
  Box,
  CollectionPath,
  DetectionScore,
  Face,
  Id,
  Landmarks,
  Name,
  Nullable,
  Score,
  Size,
  ThresholdQuery,
  ThresholdSources,
} from "./shapes.ts";

const Match = Type.Object({ subject: Name, subjectId: Id, templateId: Id, score: Score });
export type Match = Described<typeof Match>;

const IdentifiedFace = Type.Object({
  box: Box,
  score: DetectionScore,
  landmarks: Landmarks,
  matches: Type.Array(Match),
  threshold: Nullable(Score),
  far: Nullable(Type.Number({ description: "False accept rate of one comparison at that threshold" })),
  sources: Nullable(ThresholdSources),
  unknown: Type.Boolean({ description: "Whether every match scores below the threshold" }),
});
export type IdentifiedFace = Described<typeof IdentifiedFace>;

export const Identified = Type.Object({ ...Size, faces: Type.Array(IdentifiedFace) });
export type Identified = Described<typeof Identified>;

const ClusteredFace = Type.Object({
  box: Box,
  score: DetectionScore,
  landmarks: Landmarks,
  picture: Type.Integer({ description: "Index of its image, from 0" }),
  cluster: Nullable(Type.Integer({ description: "From 0; null for a face that is like no other" })),
});
export type ClusteredFace = Described<typeof ClusteredFace>;

/** Faces of many images, grouped by person. */
export const Clustered = Type.Object({
  threshold: Score,
  far: Nullable(Type.Number()),
  sources: Nullable(ThresholdSources),
  faces: Type.Array(ClusteredFace),
});
export type Clustered = Described<typeof Clustered>;

export const Verified = Type.Object({
  score: Score,
  threshold: Nullable(Score),
  far: Nullable(Type.Number()),
  sources: Nullable(ThresholdSources),
  same: Nullable(Type.Boolean({ description: "null while no threshold is known" })),
  faces: Type.Array(Face, { description: "The face of the first image, and that of the second" }),
});

const EmbeddedFace = Type.Intersect([Face, Type.Object({ embedding: Type.Array(Type.Number()) })]);

export const recognitionRoutes = {
  identify: {
    method: "POST",
    path: "/v1/collections/:collection/identify",
    scope: "read",
    tag: "recognition",
    summary: "The most alike people for each face of an image; below the threshold a face is unknown",
    params: CollectionPath,
    query: Type.Object({
      ...ThresholdQuery,
      limit: Type.Integer({ minimum: 1, maximum: 100, default: 5, description: "Most matches of a face" }),
    }),
    consumes: ONE_IMAGE,
    body: imageBody("image"),
    status: 200,
    answer: Identified,
  },
  detect: {
    method: "POST",
    path: "/v1/detect",
    scope: "read",
    tag: "recognition",
    summary: "The faces of an image: boxes, scores and landmarks",
    consumes: ONE_IMAGE,
    body: imageBody("image"),
    status: 200,
    answer: Type.Object({ ...Size, faces: Type.Array(Face) }),
  },
  embed: {
    method: "POST",
    path: "/v1/embed",
    scope: "read",
    tag: "recognition",
    summary: "The embeddings of an image's faces: unit vectors, comparable within one model",
    consumes: ONE_IMAGE,
    body: imageBody("image"),
    status: 200,
    answer: Type.Object({ ...Size, model: Type.String(), faces: Type.Array(EmbeddedFace) }),
  },
  verify: {
    method: "POST",
    path: "/v1/verify",
    scope: "read",
    tag: "recognition",
    summary: "Whether two images, each of one face, show the same person",
    query: Type.Object(ThresholdQuery),
    consumes: SEVERAL_IMAGES,
    body: imageBody("first", "second"),
    status: 200,
    answer: Verified,
  },
  cluster: {
    method: "POST",
    path: "/v1/cluster",
    scope: "read",
    tag: "recognition",
    summary: "Which faces of many images show the same person",
    query: Type.Object(ThresholdQuery),
    consumes: ONE_IMAGE,
    body: imagesBody("images"),
    status: 200,
    answer: Clustered,
  },
} as const satisfies Readonly<Record<string, RouteContract>>;
