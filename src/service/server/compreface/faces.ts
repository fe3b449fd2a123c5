import { NotFoundError } from "../../../base/core/index.ts";
import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { contract } from "../contract/index.ts";
import { enrollImage } from "../enroll-image.ts";
import type { ServerParts } from "../parts.ts";
import { readImage } from "../request-images.ts";
import { COLLECTION, chooseFaces, describeFace, sharedCollection, versions } from "./shapes.ts";
import { eachImage, type SubjectImage } from "./walk.ts";

/** `/api/v1/recognition/faces`: the images that people are enrolled from. */
export function faceRoutes(app: App, parts: ServerParts): void {
  const { faces } = parts;

  addRoute(app, contract.comprefaceEnroll, async (request) => {
    const { det_prob_threshold: minimumScore, subject } = request.query;
    const image = await readImage(request, "file");
    const collection = await sharedCollection(request.gallery, parts);
    const { enrolled } = await enrollImage(faces, collection, { image, subject }, { minimumScore });
    return { image_id: enrolled.id, subject: enrolled.subject };
  });

  addRoute(app, contract.comprefaceListImages, async ({ gallery, query: { page, size, subject } }) => {
    const images: SubjectImage[] = [];
    for await (const image of eachImage(await sharedCollection(gallery, parts), subject)) images.push(image);
    return {
      faces: images.slice(page * size, (page + 1) * size),
      page_number: page,
      page_size: size,
      total_pages: Math.ceil(images.length / size),
      total_elements: images.length,
    };
  });

  addRoute(app, contract.comprefaceDeleteImages, async ({ gallery, query: { subject } }) => {
    const collection = await sharedCollection(gallery, parts);
    let deleted = 0;
    for await (const { image_id: id } of eachImage(collection, subject)) {
      await collection.deleteTemplate(id);
      deleted++;
    }
    return { deleted };
  });

  addRoute(app, contract.comprefaceDeleteImage, async ({ gallery, params }) => {
    const collection = await sharedCollection(gallery, parts);
    const image_id = params.image.toLowerCase();
    const subject = await collection.ownerOf(image_id);
    await collection.deleteTemplate(image_id);
    return { image_id, subject };
  });

  addRoute(app, contract.comprefaceDeleteSeveralImages, async ({ body, gallery }) => {
    const collection = await sharedCollection(gallery, parts);
    const deleted: SubjectImage[] = [];
    for (const image_id of new Set(body.map((id) => id.toLowerCase()))) {
      try {
        const subject = await collection.ownerOf(image_id);
        await collection.deleteTemplate(image_id);
        deleted.push({ image_id, subject });
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    }
    return { deleted };
  });

  addRoute(app, contract.comprefaceVerifyImage, async (request) => {
    const image = await readImage(request, "file");
    const collection = await sharedCollection(request.gallery, parts);
    const subject = await collection.ownerOf(request.params.image);
    const found = chooseFaces(await faces.embed(image), request.query);
    const people = await request.gallery.collections();
    const everyone = { limit: Math.max(1, people.find(({ name }) => name === COLLECTION)?.templateCount ?? 1) };
    const result = await Promise.all(
      found.map(async (face) => {
        const matches = await collection.search({ embedding: face.embedding, model: faces.model.id }, everyone);
        const similarity = matches.find((match) => match.subject === subject)?.score ?? -1;
        return { ...describeFace(face, request.query), subject, similarity };
      }),
    );
    return { result, ...versions(faces, request.query) };
  });
}
