import { cosineSimilarity } from "../../../measure/eval/index.ts";
import { type App, Type } from "../app.ts";
import { onlyFace } from "../enroll-picture.ts";
import type { ServerParts } from "../parts.ts";
import { pictureBody, readPicture, readPictures } from "../pictures.ts";
import { answers, Name } from "../schemas.ts";
import {
  chooseFaces,
  describeFace,
  FaceAnswer,
  FaceQuery,
  Similarity,
  sharedCollection,
  tags,
  Versions,
  versions,
} from "./shapes.ts";

const consumes = ["multipart/form-data", "application/json"];

/** CompreFace's services of recognition, detection and verification. */
export function recognitionRoutes(app: App, parts: ServerParts): void {
  const { faces } = parts;
  const config = { scope: "read" } as const;

  app.post(
    "/api/v1/recognition/recognize",
    {
      config,
      schema: {
        tags,
        summary: "The most alike subjects for each face; whether one of them is meant is for a threshold to say",
        querystring: Type.Object({
          ...FaceQuery,
          prediction_count: Type.Integer({ minimum: 1, maximum: 100, default: 1 }),
        }),
        consumes,
        body: pictureBody(["file"]),
        response: answers({
          200: Type.Object({
            result: Type.Array(
              Type.Object({
                ...FaceAnswer,
                subjects: Type.Array(Type.Object({ subject: Name, similarity: Similarity })),
              }),
            ),
            plugins_versions: Versions,
          }),
        }),
      },
    },
    async (request) => {
      const picture = await readPicture(request, "file");
      const collection = await sharedCollection(request.gallery, parts);
      const found = chooseFaces(await faces.embed(picture), request.query);
      const result = await Promise.all(
        found.map(async (face) => {
          const probe = { embedding: face.embedding, model: faces.model.id };
          const matches = await collection.search(probe, { limit: request.query.prediction_count });
          const subjects = matches.map(({ score, subject }) => ({ subject, similarity: score }));
          return { ...describeFace(face, request.query), subjects };
        }),
      );
      return { result, ...versions(faces, request.query) };
    },
  );

  app.post(
    "/api/v1/detection/detect",
    {
      config,
      schema: {
        tags,
        summary: "Where the faces of a picture are",
        querystring: Type.Object(FaceQuery),
        consumes,
        body: pictureBody(["file"]),
        response: answers({
          200: Type.Object({ result: Type.Array(Type.Object(FaceAnswer)), plugins_versions: Versions }),
        }),
      },
    },
    async (request) => {
      const found = chooseFaces(await faces.embed(await readPicture(request, "file")), request.query);
      return { result: found.map((face) => describeFace(face, request.query)), ...versions(faces, request.query) };
    },
  );

  app.post(
    "/api/v1/verification/verify",
    {
      config,
      schema: {
        tags,
        summary: "How alike the faces of one picture are to the one face of another",
        querystring: Type.Object(FaceQuery),
        consumes,
        body: pictureBody(["source_image", "target_image"]),
        response: answers({
          200: Type.Object({
            result: Type.Array(
              Type.Object({
                source_image_face: Type.Object(FaceAnswer),
                face_matches: Type.Array(Type.Object({ ...FaceAnswer, similarity: Similarity })),
              }),
            ),
            plugins_versions: Versions,
          }),
        }),
      },
    },
    async (request) => {
      const pictures = await readPictures(request, ["source_image", "target_image"]);
      const [source, target] = await Promise.all(pictures.map((picture) => faces.embed(picture)));
      const known = onlyFace(source!);
      const matches = chooseFaces(target!, request.query)
        .map((face) => ({
          ...describeFace(face, request.query),
          similarity: cosineSimilarity(known.embedding, face.embedding),
        }))
        .sort((a, b) => b.similarity - a.similarity);
      const result = [{ source_image_face: describeFace(known, request.query), face_matches: matches }];
      return { result, ...versions(faces, request.query) };
    },
  );
}
