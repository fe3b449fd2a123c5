/** Groups the faces of many images by person. */
import { OptionError } from "../../base/core/index.ts";
import { CLUSTER_FAR, cluster } from "../../faces/people/index.ts";
import type { Gallery } from "../gallery/index.ts";
import type { ClusteredFace } from "./contract/index.ts";
import { describeFace } from "./describe-face.ts";
import type { FaceModel, ServedFace, Threshold } from "./parts.ts";
import { type ChosenThreshold, chooseThreshold } from "./thresholds.ts";

/** A face, and the index of its image. */
export type FoundInImage = { readonly image: number; readonly face: ServedFace };

/** The faces in their order, each with the number of its person. */
export function clusterFaces(found: readonly FoundInImage[], size: number, threshold: number): ClusteredFace[] {
  if (found.length === 0) return [];
  const data = new Float32Array(found.length * size);
  for (const [i, { face }] of found.entries()) data.set(face.embedding, i * size);
  const { labels } = cluster({ count: found.length, size, data }, { threshold });
  return found.map(({ face, image }, i) => {
    const label = labels[i] ?? -1;
    return { ...describeFace(face), picture: image, cluster: label < 0 ? null : label };
  });
}

/** As `chooseThreshold`. @throws {OptionError} when no threshold is known: grouping needs one. */
export async function chooseClusterThreshold(
  gallery: Gallery,
  model: FaceModel,
  asked: { readonly far?: number; readonly threshold?: number },
  builtIn?: readonly Threshold[],
): Promise<ChosenThreshold & { readonly threshold: number }> {
  const { threshold, ...known } = await chooseThreshold(gallery, model, asked, builtIn, CLUSTER_FAR);
  if (threshold !== null) return { ...known, threshold };
  throw new OptionError(
    `request: no threshold was measured for this model: give one as ?threshold=, or calibrate FAR ${CLUSTER_FAR}`,
  );
}
