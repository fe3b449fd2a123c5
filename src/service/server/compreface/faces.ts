import { NotFoundError } from "../../../base/core/index.ts";
import { type App, Type } from "../app.ts";
import { enrollPicture } from "../enroll-picture.ts";
import type { ServerParts } from "../parts.ts";
import { pictureBody, readPicture } from "../pictures.ts";
import { answers, Id, Name } from "../schemas.ts";
import {
  COLLECTION,
  chooseFaces,
  describeFace,
  FaceAnswer,
  FaceQuery,
  ImageAnswer,
  Similarity,
  sharedCollection,
  tags,
  Versions,
  versions,
} from "./shapes.ts";
import { eachImage, type SubjectImage } from "./walk.ts";

const consumes = ["multipart/form-data", "application/json"];
const ImageParams = Type.Object({ image: Id });
const LARGEST_PAGE = 1000;

/** `/api/v1/recognition/faces`: the images that people are known by. */
export function faceRoutes(app: App, parts: ServerParts): void {
  const { faces } = parts;
  const all = "/api/v1/recognition/faces";
  const one = `${all}/:image`;

  app.post(
    all,
    {
      config: { scope: "enroll" },
      schema: {
        tags,
        summary: "Enroll a picture of one person",
        querystring: Type.Object({ subject: Name, det_prob_threshold: FaceQuery.det_prob_threshold }),
        consumes,
        body: pictureBody(["file"]),
        response: answers({ 201: ImageAnswer }),
      },
    },
    async (request, reply) => {
      const { det_prob_threshold: minimumScore, subject } = request.query;
      const picture = await readPicture(request, "file");
      const collection = await sharedCollection(request.gallery, parts);
      const { enrolled } = await enrollPicture(faces, collection, { picture, subject }, { minimumScore });
      return reply.code(201).send({ image_id: enrolled.id, subject });
    },
  );

  app.get(
    all,
    {
      config: { scope: "read" },
      schema: {
        tags,
        summary: "A page of the images",
        querystring: Type.Object({
          page: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
          size: Type.Integer({ minimum: 1, maximum: LARGEST_PAGE, default: 20 }),
          subject: Type.Optional(Name),
        }),
        response: answers({
          200: Type.Object({
            faces: Type.Array(ImageAnswer),
            page_number: Type.Integer(),
            page_size: Type.Integer(),
            total_pages: Type.Integer(),
            total_elements: Type.Integer(),
          }),
        }),
      },
    },
    async ({ gallery, query: { page, size, subject } }) => {
      const images: SubjectImage[] = [];
      for await (const image of eachImage(await sharedCollection(gallery, parts), subject)) images.push(image);
      return {
        faces: images.slice(page * size, (page + 1) * size),
        page_number: page,
        page_size: size,
        total_pages: Math.ceil(images.length / size),
        total_elements: images.length,
      };
    },
  );

  app.delete(
    all,
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Delete all images, or those of one subject",
        querystring: Type.Object({ subject: Type.Optional(Name) }),
        response: answers({ 200: Type.Object({ deleted: Type.Integer() }) }),
      },
    },
    async ({ gallery, query: { subject } }) => {
      const collection = await sharedCollection(gallery, parts);
      let deleted = 0;
      for await (const { image_id: id } of eachImage(collection, subject)) {
        await collection.deleteTemplate(id);
        deleted++;
      }
      return { deleted };
    },
  );

  app.delete(
    one,
    {
      config: { scope: "admin" },
      schema: { tags, summary: "Delete an image", params: ImageParams, response: answers({ 200: ImageAnswer }) },
    },
    async ({ gallery, params }) => {
      const collection = await sharedCollection(gallery, parts);
      const image_id = params.image.toLowerCase();
      const subject = await collection.ownerOf(image_id);
      await collection.deleteTemplate(image_id);
      return { image_id, subject };
    },
  );

  app.post(
    `${all}/delete`,
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Delete several images; ids that are none are passed over",
        body: Type.Array(Id, { maxItems: LARGEST_PAGE }),
        response: answers({ 200: Type.Object({ deleted: Type.Array(ImageAnswer) }) }),
      },
    },
    async ({ body, gallery }) => {
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
    },
  );

  app.post(
    `${one}/verify`,
    {
      config: { scope: "read" },
      schema: {
        tags,
        summary: "How alike the faces of a picture are to the person of an image, by that person's best image",
        params: ImageParams,
        querystring: Type.Object(FaceQuery),
        consumes,
        body: pictureBody(["file"]),
        response: answers({
          200: Type.Object({
            result: Type.Array(Type.Object({ ...FaceAnswer, subject: Name, similarity: Similarity })),
            plugins_versions: Versions,
          }),
        }),
      },
    },
    async (request) => {
      const picture = await readPicture(request, "file");
      const collection = await sharedCollection(request.gallery, parts);
      const subject = await collection.ownerOf(request.params.image);
      const found = chooseFaces(await faces.embed(picture), request.query);
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
    },
  );
}
