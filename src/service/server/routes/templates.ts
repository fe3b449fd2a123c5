import type { Collection, Gallery, Template } from "../../gallery/index.ts";
import { type App, Type } from "../app.ts";
import { enrollPicture, limitsFor, QualityChoice } from "../enroll-picture.ts";
import type { FaceModel, ServerParts } from "../parts.ts";
import { pictureBody, readPicture } from "../pictures.ts";
import { answers, describeFace, Face, Id, Name, Nullable, SubjectPath, Timestamp } from "../schemas.ts";

const TemplateAnswer = Type.Object({
  id: Id,
  model: Type.String(),
  quality: Nullable(Type.Number()),
  sourceDigest: Nullable(Type.String({ description: "SHA-256 of the enrolled picture" })),
  hasThumbnail: Type.Boolean(),
  createdAt: Timestamp,
});

const Enrolled = Type.Object({
  id: Id,
  subject: Name,
  subjectId: Id,
  isNew: Type.Boolean({ description: "False when this person had been enrolled from the same picture before" }),
  face: Face,
});

const TemplatePath = Type.Object({ collection: Name, template: Id });

/** Templates of people: the embeddings of the pictures that they were enrolled with. */
export function templateRoutes(app: App, { faces, qualityLimits }: ServerParts): void {
  const tags = ["templates"];
  const list = "/v1/collections/:collection/subjects/:subject/templates";
  const one = "/v1/collections/:collection/templates/:template";

  app.get(
    list,
    {
      config: { scope: "read" },
      schema: {
        tags,
        summary: "A person's templates, oldest first",
        params: SubjectPath,
        response: answers({ 200: Type.Object({ templates: Type.Array(TemplateAnswer) }) }),
      },
    },
    async ({ gallery, params }) => {
      const collection = await gallery.collection(params.collection);
      return { templates: (await collection.templates(params.subject)).map(describe) };
    },
  );

  app.post(
    list,
    {
      config: { scope: "enroll" },
      schema: {
        tags,
        summary: "Enroll a picture of one person, who is added when missing, as the collection is",
        params: SubjectPath,
        querystring: Type.Object({
          thumbnail: Type.Boolean({ default: false, description: "Whether to keep the aligned crop of the face" }),
          quality: QualityChoice,
        }),
        consumes: ["application/json", "multipart/form-data", "image/*"],
        body: pictureBody(["image"]),
        response: answers({ 201: Enrolled }),
      },
    },
    async (request, reply) => {
      const { collection: name, subject } = request.params;
      const { quality, thumbnail } = request.query;
      const options = { thumbnail, ...limitsFor(quality, request.apiKey, qualityLimits) };
      const picture = await readPicture(request);
      const collection = await collectionFor(request.gallery, name, faces.model);
      const { enrolled, face } = await enrollPicture(faces, collection, { picture, subject }, options);
      return reply.code(201).send({ ...enrolled, subject, face: describeFace(face) });
    },
  );

  app.get(
    `${one}/thumbnail`,
    {
      config: { scope: "read" },
      schema: { tags, summary: "The aligned crop of a template, where it was kept", params: TemplatePath },
    },
    async ({ gallery, params }, reply) => {
      const collection = await gallery.collection(params.collection);
      const thumbnail = await collection.thumbnail(params.template);
      return reply.type("image/jpeg").header("cache-control", "private, no-store").send(Buffer.from(thumbnail));
    },
  );

  app.delete(
    one,
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Delete a template; its person stays",
        params: TemplatePath,
        response: answers({ 204: Type.Null() }),
      },
    },
    async ({ gallery, params }, reply) => {
      const collection = await gallery.collection(params.collection);
      await collection.deleteTemplate(params.template);
      return reply.code(204).send(null);
    },
  );
}

/** The collection of this name, made for the model when missing. */
export function collectionFor(gallery: Gallery, name: string, model: FaceModel): Promise<Collection> {
  return gallery.collectionFor({ name, model: model.id, size: model.size });
}

function describe({ createdAt, ...template }: Template) {
  return { ...template, createdAt: createdAt.toISOString() };
}
