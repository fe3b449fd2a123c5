import { type App, Type } from "../app.ts";
import type { ServerParts } from "../parts.ts";
import { pictureBody, readPicture } from "../pictures.ts";
import {
  answers,
  Box,
  CollectionPath,
  DetectionScore,
  describeFace,
  Id,
  Landmarks,
  Name,
  Nullable,
  Score,
} from "../schemas.ts";
import { chooseThreshold, ThresholdQuery } from "../thresholds.ts";

const Identified = Type.Object({
  width: Type.Integer(),
  height: Type.Integer(),
  faces: Type.Array(
    Type.Object({
      box: Box,
      score: DetectionScore,
      landmarks: Landmarks,
      matches: Type.Array(Type.Object({ subject: Name, subjectId: Id, templateId: Id, score: Score })),
      threshold: Nullable(Score),
      far: Nullable(Type.Number({ description: "False accept rate of one comparison at that threshold" })),
      unknown: Type.Boolean({ description: "Whether no match reaches the threshold" }),
    }),
  ),
});

/** 1:N: who of a collection is on a picture. */
export function identifyRoutes(app: App, { faces, thresholds }: ServerParts): void {
  app.post(
    "/v1/collections/:collection/identify",
    {
      config: { scope: "read" },
      schema: {
        tags: ["recognition"],
        summary: "The most alike people for each face of a picture; below the threshold a face is unknown",
        params: CollectionPath,
        querystring: Type.Object({
          ...ThresholdQuery,
          limit: Type.Integer({ minimum: 1, maximum: 100, default: 5, description: "Most matches of a face" }),
        }),
        consumes: ["application/json", "multipart/form-data", "image/*"],
        body: pictureBody(["image"]),
        response: answers({ 200: Identified }),
      },
    },
    async (request) => {
      const { gallery, params, query } = request;
      const picture = await readPicture(request);
      const collection = await gallery.collection(params.collection);
      const chosen = await chooseThreshold(gallery, faces.model, query, thresholds);
      const { width, height, faces: found } = await faces.embed(picture);
      const model = faces.model.id;
      const identified = await Promise.all(
        found.map(async (face) => {
          const matches = await collection.search({ embedding: face.embedding, model }, { limit: query.limit });
          const unknown = !matches.some(({ score }) => score >= (chosen.threshold ?? Number.POSITIVE_INFINITY));
          return { ...describeFace(face), matches, ...chosen, unknown };
        }),
      );
      return { width, height, faces: identified };
    },
  );
}
