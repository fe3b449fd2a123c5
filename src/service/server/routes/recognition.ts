import { CosfaceError, ImageError, InternalError } from "../../../base/core/index.ts";
import { cosineSimilarity } from "../../../measure/eval/index.ts";
import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { chooseClusterThreshold, clusterFaces, type FoundInImage } from "../cluster-faces.ts";
import { contract } from "../contract/index.ts";
import { describeFace } from "../describe-face.ts";
import { onlyFace } from "../enroll-image.ts";
import type { ServerParts } from "../parts.ts";
import { readImage, readImages, readManyImages } from "../request-images.ts";
import { chooseThreshold } from "../thresholds.ts";

/** Images of one request that are processed at once, so that other requests get their turn. */
const AT_ONCE = 8;
/** Most images that one request may cluster. */
const MOST_IMAGES = 500;

/** Questions about images alone, without a collection. Nothing is stored. */
export function recognitionRoutes(app: App, { faces, gallery, thresholds }: ServerParts): void {
  addRoute(app, contract.detect, async (request) => {
    const { faces: found, ...size } = await faces.detect(await readImage(request));
    return { ...size, faces: found.map(describeFace) };
  });

  addRoute(app, contract.embed, async (request) => {
    const { faces: found, ...size } = await faces.embed(await readImage(request));
    const embedded = found.map((face) => ({ ...describeFace(face), embedding: [...face.embedding] }));
    return { ...size, model: faces.model.id, faces: embedded };
  });

  addRoute(app, contract.verify, async (request) => {
    const images = await readImages(request, ["first", "second"]);
    const { threshold, ...known } = await chooseThreshold(gallery, faces.model, request.query, thresholds);
    const [first, second] = await Promise.all(
      images.map(async (image, i) => {
        const name = i === 0 ? "first" : "second";
        return onlyFace(await named(name, faces.embed(image)), name);
      }),
    );
    if (first === undefined || second === undefined) throw new InternalError("internal: two images gave fewer faces");
    const score = cosineSimilarity(first.embedding, second.embedding);
    const same = threshold === null ? null : score >= threshold;
    return { score, threshold, ...known, same, faces: [first, second].map(describeFace) };
  });

  addRoute(app, contract.cluster, async (request) => {
    const images = await readManyImages(request, "images", MOST_IMAGES);
    const { threshold, ...known } = await chooseClusterThreshold(gallery, faces.model, request.query, thresholds);
    const found: FoundInImage[] = [];
    for (let start = 0; start < images.length; start += AT_ONCE) {
      const batch = images.slice(start, start + AT_ONCE);
      const part = await Promise.all(batch.map((bytes, i) => named(`images[${start + i}]`, faces.embed(bytes))));
      for (const [i, { faces: some }] of part.entries()) {
        for (const face of some) found.push({ image: start + i, face });
      }
    }
    return { threshold, ...known, faces: clusterFaces(found, faces.model.size, threshold) };
  });
}

/** An error about one of several images names that image. */
async function named<T>(name: string, found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof CosfaceError && error.code === "COSFACE_IMAGE") {
      throw new ImageError(`${name}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
