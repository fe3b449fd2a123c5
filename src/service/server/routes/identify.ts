import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { contract } from "../contract/index.ts";
import { describeFace } from "../describe-face.ts";
import type { ServerParts } from "../parts.ts";
import { readImage } from "../request-images.ts";
import { chooseThreshold } from "../thresholds.ts";

/** 1:N: which people of a collection an image shows. */
export function identifyRoutes(app: App, { faces, thresholds }: ServerParts): void {
  addRoute(app, contract.identify, async (request) => {
    const { gallery, params, query } = request;
    const image = await readImage(request);
    const collection = await gallery.collection(params.collection);
    const chosen = await chooseThreshold(gallery, faces.model, query, thresholds);
    const { width, height, faces: found } = await faces.embed(image);
    const model = faces.model.id;
    const identified = await Promise.all(
      found.map(async (face) => {
        const matches = await collection.search({ embedding: face.embedding, model }, { limit: query.limit });
        const unknown = !matches.some(({ score }) => score >= (chosen.threshold ?? Number.POSITIVE_INFINITY));
        return { ...describeFace(face), matches, ...chosen, unknown };
      }),
    );
    return { width, height, faces: identified };
  });
}
