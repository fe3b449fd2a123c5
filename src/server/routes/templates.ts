import { createHash } from "node:crypto";
import { FaceError, NotFoundError } from "../../core/index.ts";
import type { Collection, Gallery, Template } from "../../gallery/index.ts";
import { type App, Type } from "../app.ts";
import type { EmbeddedFace, FaceModel, Faces, PictureFaces, ServerParts } from "../parts.ts";
import { pictureBody, readPicture } from "../pictures.ts";
import { answers, Face, Id, Name, Nullable, SubjectPath, Timestamp } from "../schemas.ts";

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
export function templateRoutes(app: App, { faces }: ServerParts): void {
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
        }),
        consumes: ["application/json", "multipart/form-data", "image/*"],
        body: pictureBody(["image"]),
        response: answers({ 201: Enrolled }),
      },
    },
    async (request, reply) => {
      const { collection: name, subject } = request.params;
      const picture = await readPicture(request);
      const { enrolled, face } = await enrollPicture(faces, await collectionFor(request.gallery, name, faces.model), {
        picture,
        subject,
        thumbnail: request.query.thumbnail,
      });
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

/** A picture to be enrolled. */
type Enrollment = {
  readonly picture: Buffer;
  readonly subject: string;
  readonly thumbnail?: boolean;
  /** Faces below it do not count; default 0. */
  readonly minimumScore?: number;
};

/** Enrolls the one face of a picture. @throws {FaceError} when it has none, or several. */
export async function enrollPicture(faces: Faces, collection: Collection, enrollment: Enrollment) {
  const { minimumScore = 0, picture, subject, thumbnail: thumbnails = false } = enrollment;
  const sourceDigest = createHash("sha256").update(picture).digest("hex");
  const found = await faces.embed(picture, { thumbnails });
  const face = onlyFace({ ...found, faces: found.faces.filter(({ score }) => score >= minimumScore) });
  const enrolled = await collection.enroll({
    subject,
    embedding: face.embedding,
    model: faces.model.id,
    sourceDigest,
    ...(face.thumbnail === undefined ? {} : { thumbnail: face.thumbnail }),
  });
  return { enrolled, face };
}

/** @throws {FaceError} */
export function onlyFace({ faces }: PictureFaces<EmbeddedFace>): EmbeddedFace {
  if (faces.length === 1) return faces[0]!;
  const got = faces.length === 0 ? "no face" : `${faces.length} faces`;
  throw new FaceError(`picture: got ${got}, expected exactly one: take another picture, or cut it to the one`);
}

/** The collection of this name, made for the model when missing. */
export async function collectionFor(gallery: Gallery, name: string, model: FaceModel): Promise<Collection> {
  try {
    return await gallery.collection(name);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  try {
    return await gallery.createCollection({ name, model: model.id, size: model.size });
  } catch {
    return gallery.collection(name); // Another request has made it in the meantime.
  }
}

/** What a face is, without its embedding. */
export function describeFace({ box, landmarks, score }: Omit<EmbeddedFace, "embedding">) {
  return { box, score, landmarks: landmarks.map((point) => [...point]) };
}

function describe({ createdAt, ...template }: Template) {
  return { ...template, createdAt: createdAt.toISOString() };
}
