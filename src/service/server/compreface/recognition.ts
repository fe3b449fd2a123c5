import { InternalError } from "../../../base/core/index.ts";
import { cosineSimilarity } from "../../../measure/eval/index.ts";
import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { contract } from "../contract/index.ts";
import { onlyFace } from "../enroll-image.ts";
import type { ServerParts } from "../parts.ts";
import { readImage, readImages } from "../request-images.ts";
import { chooseFaces, describeFace, sharedCollection, versions } from "./shapes.ts";

/** CompreFace's services of recognition, detection and verification. */
export function recognitionRoutes(app: App, parts: ServerParts): void {
  const { faces } = parts;

  addRoute(app, contract.comprefaceRecognize, async (request) => {
    const image = await readImage(request, "file");
    const collection = await sharedCollection(request.gallery, parts);
    const found = chooseFaces(await faces.embed(image), request.query);
    const result = await Promise.all(
      found.map(async (face) => {
        const probe = { embedding: face.embedding, model: faces.model.id };
        const matches = await collection.search(probe, { limit: request.query.prediction_count });
        const subjects = matches.map(({ score, subject }) => ({ subject, similarity: score }));
        return { ...describeFace(face, request.query), subjects };
      }),
    );
    return { result, ...versions(faces, request.query) };
  });

  addRoute(app, contract.comprefaceDetect, async (request) => {
    const found = chooseFaces(await faces.embed(await readImage(request, "file")), request.query);
    return { result: found.map((face) => describeFace(face, request.query)), ...versions(faces, request.query) };
  });

  addRoute(app, contract.comprefaceVerify, async (request) => {
    const images = await readImages(request, ["source_image", "target_image"]);
    const [source, target] = await Promise.all(images.map((image) => faces.embed(image)));
    if (source === undefined || target === undefined)
      throw new InternalError("internal: two images gave fewer answers");
    const known = onlyFace(source);
    const matches = chooseFaces(target, request.query)
      .map((face) => ({
        ...describeFace(face, request.query),
        similarity: cosineSimilarity(known.embedding, face.embedding),
      }))
      .sort((a, b) => b.similarity - a.similarity);
    const result = [{ source_image_face: describeFace(known, request.query), face_matches: matches }];
    return { result, ...versions(faces, request.query) };
  });
}
