/** Collections, their people, and the templates of each person. */
import { imageBody, ONE_IMAGE } from "./bodies.ts";
import { type Described, type RouteContract, Type } from "./schema.ts";
import { CollectionPath, Face, Id, Name, Nullable, QualityChoice, SubjectPath, Timestamp } from "./shapes.ts";

export const Collection = Type.Object({
  name: Name,
  model: Type.String({ description: "Id of the model of all its embeddings" }),
  size: Type.Integer({ description: "Numbers in an embedding" }),
  templateCount: Type.Integer(),
  createdAt: Timestamp,
});
export type Collection = Described<typeof Collection>;

const Details = {
  consent: Type.Optional(
    Nullable(Type.String({ maxLength: 4096, description: "What the person agreed to, when and how" })),
  ),
  expiresAt: Type.Optional(
    Nullable(Type.String({ format: "date-time", description: "From then on no search finds the person" })),
  ),
  metadata: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: "Up to 64 kB of JSON, nested at most 32 deep; replaces what was stored",
    }),
  ),
};
const SubjectDetails = Type.Object(Details);
export type SubjectDetails = Described<typeof SubjectDetails>;

export const Subject = Type.Object({
  id: Id,
  name: Name,
  consent: Nullable(Type.String()),
  expiresAt: Nullable(Timestamp),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  templateCount: Type.Integer(),
  thumbnailId: Nullable(Type.String({ format: "uuid", description: "The oldest template that has a thumbnail" })),
  createdAt: Timestamp,
});
export type Subject = Described<typeof Subject>;

export const Receipt = Type.Object(
  {
    collection: Name,
    subjectId: Id,
    templateIds: Type.Array(Id),
    thumbnailCount: Type.Integer(),
    deletedAt: Timestamp,
    digest: Type.String(),
  },
  { description: "What was deleted, as random ids and counts; the audit trail holds the digest" },
);
export type Receipt = Described<typeof Receipt>;

export const Template = Type.Object({
  id: Id,
  model: Type.String(),
  quality: Nullable(Type.Number()),
  sourceDigest: Nullable(Type.String({ description: "SHA-256 of the enrolled image" })),
  hasThumbnail: Type.Boolean(),
  createdAt: Timestamp,
});
export type Template = Described<typeof Template>;

export const Enrolled = Type.Object({
  id: Id,
  subject: Name,
  subjectId: Id,
  isNew: Type.Boolean({ description: "False when this person was enrolled from the same image before" }),
  face: Face,
});
export type Enrolled = Described<typeof Enrolled>;

export const Merged = Type.Object({ subjectId: Id, movedCount: Type.Integer(), droppedCount: Type.Integer() });
export type Merged = Described<typeof Merged>;

const collections = "/v1/collections";
const collection = `${collections}/:collection` as const;
const subjects = `${collection}/subjects` as const;
const subject = `${subjects}/:subject` as const;
const template = `${collection}/templates/:template` as const;
const TemplatePath = Type.Object({ collection: Name, template: Id });

export const peopleRoutes = {
  listCollections: {
    method: "GET",
    path: collections,
    scope: "read",
    tag: "collections",
    summary: "All collections, by name",
    status: 200,
    answer: Type.Object({ collections: Type.Array(Collection) }),
  },
  createCollection: {
    method: "POST",
    path: collections,
    scope: "admin",
    tag: "collections",
    summary: "Create a collection for the service's model",
    body: Type.Object({ name: Name }, { additionalProperties: false, examples: [{ name: "staff" }] }),
    status: 201,
    answer: Collection,
  },
  getCollection: {
    method: "GET",
    path: collection,
    scope: "read",
    tag: "collections",
    summary: "A collection",
    params: CollectionPath,
    status: 200,
    answer: Collection,
  },
  deleteCollection: {
    method: "DELETE",
    path: collection,
    scope: "admin",
    tag: "collections",
    summary: "Delete a collection with all its people",
    params: CollectionPath,
    status: 204,
  },
  listSubjects: {
    method: "GET",
    path: subjects,
    scope: "read",
    tag: "subjects",
    summary: "A page of a collection's people, in the order of their names' code points",
    params: CollectionPath,
    query: Type.Object({
      after: Type.Optional(Name),
      limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
    }),
    status: 200,
    answer: Type.Object({ subjects: Type.Array(Subject), next: Nullable(Name) }),
  },
  addSubject: {
    method: "POST",
    path: subjects,
    scope: "enroll",
    tag: "subjects",
    summary: "Add a person without an image",
    params: CollectionPath,
    body: Type.Object(
      { name: Name, ...Details },
      {
        additionalProperties: false,
        examples: [{ name: "Ann", consent: "signed on 2026-01-31", expiresAt: "2027-01-31T00:00:00Z" }],
      },
    ),
    status: 201,
    answer: Subject,
  },
  getSubject: {
    method: "GET",
    path: subject,
    scope: "read",
    tag: "subjects",
    summary: "A person",
    params: SubjectPath,
    status: 200,
    answer: Subject,
  },
  changeSubject: {
    method: "PATCH",
    path: subject,
    scope: "admin",
    tag: "subjects",
    summary: "Rename a person, or change consent, expiry or metadata",
    params: SubjectPath,
    body: Type.Object({ name: Type.Optional(Name), ...Details }, { additionalProperties: false }),
    status: 200,
    answer: Subject,
  },
  deleteSubject: {
    method: "DELETE",
    path: subject,
    scope: "admin",
    tag: "subjects",
    summary: "Delete a person with all that is stored of them; answers a receipt",
    params: SubjectPath,
    status: 200,
    answer: Receipt,
  },
  mergeSubjects: {
    method: "POST",
    path: `${subject}/merge`,
    scope: "admin",
    tag: "subjects",
    summary: "Give this person all templates of another, and delete the other",
    params: SubjectPath,
    body: Type.Object({ from: Name }, { additionalProperties: false, examples: [{ from: "Ann B." }] }),
    status: 200,
    answer: Merged,
  },
  listTemplates: {
    method: "GET",
    path: `${subject}/templates`,
    scope: "read",
    tag: "templates",
    summary: "A person's templates, oldest first",
    params: SubjectPath,
    status: 200,
    answer: Type.Object({ templates: Type.Array(Template) }),
  },
  enroll: {
    method: "POST",
    path: `${subject}/templates`,
    scope: "enroll",
    tag: "templates",
    summary: "Enroll a person from an image of exactly one face; creates person and collection when missing",
    params: SubjectPath,
    query: Type.Object({
      thumbnail: Type.Boolean({ default: false, description: "Whether to keep the aligned crop of the face" }),
      quality: QualityChoice,
    }),
    consumes: ONE_IMAGE,
    body: imageBody("image"),
    status: 201,
    answer: Enrolled,
  },
  getThumbnail: {
    method: "GET",
    path: `${template}/thumbnail`,
    scope: "read",
    tag: "templates",
    summary: "The aligned crop of a template, if it was kept",
    params: TemplatePath,
    status: 200,
    produces: "image/jpeg",
  },
  deleteTemplate: {
    method: "DELETE",
    path: template,
    scope: "admin",
    tag: "templates",
    summary: "Delete a template; its person stays",
    params: TemplatePath,
    status: 204,
  },
} as const satisfies Readonly<Record<string, RouteContract>>;
