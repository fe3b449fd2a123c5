import { cosineSimilarity } from "../../../measure/eval/index.ts";
import { type App, Type } from "../app.ts";
import { Clustered, chooseClusterThreshold, clusterFaces, type FoundInPicture } from "../cluster-faces.ts";
import { onlyFace } from "../enroll-picture.ts";
import type { ServerParts } from "../parts.ts";
import { manyPicturesBody, pictureBody, readManyPictures, readPicture, readPictures } from "../pictures.ts";
import { answers, describeFace, Face, Nullable, Score } from "../schemas.ts";
import { chooseThreshold, ThresholdQuery } from "../thresholds.ts";

const consumes = ["application/json", "multipart/form-data", "image/*"];
const Size = { width: Type.Integer(), height: Type.Integer() };

/** Pictures of one request that are looked at together, so that it leaves room for others. */
const TOGETHER = 8;
/** Pictures that may be clustered at once. */
const MOST_PICTURES = 500;

/** What can be asked of pictures alone, without a collection. Nothing of it is kept. */
export function recognitionRoutes(app: App, { faces, gallery, thresholds }: ServerParts): void {
  const tags = ["recognition"];
  const config = { scope: "read" } as const;

  app.post(
    "/v1/detect",
    {
      config,
      schema: {
        tags,
        summary: "Where the faces of a picture are",
        consumes,
        body: pictureBody(["image"]),
        response: answers({ 200: Type.Object({ ...Size, faces: Type.Array(Face) }) }),
      },
    },
    async (request) => {
      const { faces: found, ...size } = await faces.detect(await readPicture(request));
      return { ...size, faces: found.map(describeFace) };
    },
  );

  app.post(
    "/v1/embed",
    {
      config,
      schema: {
        tags,
        summary: "The embeddings of a picture's faces: unit vectors, comparable within one model",
        consumes,
        body: pictureBody(["image"]),
        response: answers({
          200: Type.Object({
            ...Size,
            model: Type.String(),
            faces: Type.Array(Type.Intersect([Face, Type.Object({ embedding: Type.Array(Type.Number()) })])),
          }),
        }),
      },
    },
    async (request) => {
      const { faces: found, ...size } = await faces.embed(await readPicture(request));
      const embedded = found.map((face) => ({ ...describeFace(face), embedding: [...face.embedding] }));
      return { ...size, model: faces.model.id, faces: embedded };
    },
  );

  app.post(
    "/v1/verify",
    {
      config,
      schema: {
        tags,
        summary: "Whether two pictures, each of one face, are of the same person",
        querystring: Type.Object(ThresholdQuery),
        consumes: consumes.slice(0, 2),
        body: pictureBody(["first", "second"]),
        response: answers({
          200: Type.Object({
            score: Score,
            threshold: Nullable(Score),
            far: Nullable(Type.Number()),
            same: Nullable(Type.Boolean({ description: "null where no threshold is known" })),
            faces: Type.Array(Face, { description: "That of the first picture, and that of the second" }),
          }),
        }),
      },
    },
    async (request) => {
      const pictures = await readPictures(request, ["first", "second"]);
      const { far, threshold } = await chooseThreshold(gallery, faces.model, request.query, thresholds);
      const [first, second] = await Promise.all(pictures.map(async (picture) => onlyFace(await faces.embed(picture))));
      const score = cosineSimilarity(first!.embedding, second!.embedding);
      const same = threshold === null ? null : score >= threshold;
      return { score, threshold, far, same, faces: [first!, second!].map(describeFace) };
    },
  );

  app.post(
    "/v1/cluster",
    {
      config,
      schema: {
        tags,
        summary: "Which faces of many pictures are of the same person",
        querystring: Type.Object(ThresholdQuery),
        consumes: consumes.slice(0, 2),
        body: manyPicturesBody("images"),
        response: answers({ 200: Clustered }),
      },
    },
    async (request) => {
      const pictures = await readManyPictures(request, "images", MOST_PICTURES);
      const { far, threshold } = await chooseClusterThreshold(gallery, faces.model, request.query, thresholds);
      const found: FoundInPicture[] = [];
      for (let start = 0; start < pictures.length; start += TOGETHER) {
        const part = await Promise.all(pictures.slice(start, start + TOGETHER).map((bytes) => faces.embed(bytes)));
        for (const [i, { faces: some }] of part.entries()) {
          for (const face of some) found.push({ picture: start + i, face });
        }
      }
      return { threshold, far, faces: clusterFaces(found, faces.model.size, threshold) };
    },
  );
}
