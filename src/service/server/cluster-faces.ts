/** The faces of many pictures, sorted into people. */
import { OptionError } from "../../base/core/index.ts";
import { CLUSTER_FAR, cluster } from "../../faces/people/index.ts";
import type { Gallery } from "../gallery/index.ts";
import { Type } from "./app.ts";
import type { EmbeddedFace, FaceModel, Threshold } from "./parts.ts";
import { Box, DetectionScore, describeFace, Landmarks, Nullable, Score } from "./schemas.ts";
import { type ChosenThreshold, chooseThreshold } from "./thresholds.ts";

/** What is answered of a sorted pile. */
export const Clustered = Type.Object({
  threshold: Score,
  far: Nullable(Type.Number()),
  faces: Type.Array(
    Type.Object({
      box: Box,
      score: DetectionScore,
      landmarks: Landmarks,
      picture: Type.Integer({ description: "Place of its picture, from 0" }),
      cluster: Nullable(Type.Integer({ description: "From 0; null for a face that is alone" })),
    }),
  ),
});

/** A face, and the place of its picture. */
export type FoundInPicture = { readonly picture: number; readonly face: EmbeddedFace };

export type ClusteredFace = ReturnType<typeof describeFace> & {
  readonly picture: number;
  readonly cluster: number | null;
};

/** Which faces are of the same person, in their order. */
export function clusterFaces(found: readonly FoundInPicture[], size: number, threshold: number): ClusteredFace[] {
  if (found.length === 0) return [];
  const data = new Float32Array(found.length * size);
  for (const [i, { face }] of found.entries()) data.set(face.embedding, i * size);
  const { labels } = cluster({ count: found.length, size, data }, { threshold });
  return found.map(({ face, picture }, i) => {
    const label = labels[i]!;
    return { ...describeFace(face), picture, cluster: label < 0 ? null : label };
  });
}

/** As `chooseThreshold`. @throws {OptionError} when none is known: without one, nothing can be sorted. */
export async function chooseClusterThreshold(
  gallery: Gallery,
  model: FaceModel,
  asked: { readonly far?: number; readonly threshold?: number },
  builtIn?: readonly Threshold[],
): Promise<ChosenThreshold & { readonly threshold: number }> {
  const { far, threshold } = await chooseThreshold(gallery, model, asked, builtIn, CLUSTER_FAR);
  if (threshold !== null) return { far, threshold };
  throw new OptionError(
    `request: nothing tells when two faces of this model are one person's: give a threshold, or calibrate FAR ${CLUSTER_FAR}`,
  );
}
