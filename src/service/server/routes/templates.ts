import type { Collection, Gallery } from "../../gallery/index.ts";
import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { contract } from "../contract/index.ts";
import { describeFace } from "../describe-face.ts";
import { enrollImage, limitsFor } from "../enroll-image.ts";
import type { FaceModel, ServerParts } from "../parts.ts";
import { readImage } from "../request-images.ts";

/** Templates: the embeddings of the images that a person was enrolled from. */
export function templateRoutes(app: App, { faces, qualityLimits }: ServerParts): void {
  addRoute(app, contract.listTemplates, async ({ gallery, params }) => {
    const collection = await gallery.collection(params.collection);
    const templates = await collection.templates(params.subject);
    return { templates: templates.map(({ createdAt, ...rest }) => ({ ...rest, createdAt: createdAt.toISOString() })) };
  });

  addRoute(app, contract.enroll, async (request) => {
    const { collection: name, subject } = request.params;
    const { quality, thumbnail } = request.query;
    const options = { thumbnail, ...limitsFor(quality, request.apiKey, qualityLimits) };
    const image = await readImage(request);
    const collection = await collectionFor(request.gallery, name, faces.model);
    const { enrolled, face } = await enrollImage(faces, collection, { image, subject }, options);
    return { ...enrolled, face: describeFace(face) };
  });

  addRoute(app, contract.getThumbnail, async ({ gallery, params }, reply) => {
    const collection = await gallery.collection(params.collection);
    const thumbnail = await collection.thumbnail(params.template);
    reply.type("image/jpeg").header("cache-control", "private, no-store");
    return Buffer.from(thumbnail);
  });

  addRoute(app, contract.deleteTemplate, async ({ gallery, params }) => {
    const collection = await gallery.collection(params.collection);
    await collection.deleteTemplate(params.template);
  });
}

/** The collection of this name, created for the model when missing. */
export function collectionFor(gallery: Gallery, name: string, model: FaceModel): Promise<Collection> {
  return gallery.collectionFor({ name, model: model.id, size: model.size });
}
