import type { Subject, SubjectDetails } from "../../gallery/index.ts";
import { type App, type Static, Type } from "../app.ts";
import { answers, CollectionPath, Id, Name, Nullable, SubjectPath, Timestamp } from "../schemas.ts";

const Details = {
  consent: Type.Optional(
    Nullable(Type.String({ maxLength: 4096, description: "What the person agreed to, when and how" })),
  ),
  expiresAt: Type.Optional(
    Nullable(Type.String({ format: "date-time", description: "From then on no search finds the person" })),
  ),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "Replaces what there was" })),
};

const SubjectAnswer = Type.Object({
  id: Id,
  name: Name,
  consent: Nullable(Type.String()),
  expiresAt: Nullable(Timestamp),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  templateCount: Type.Integer(),
  createdAt: Timestamp,
});

const Receipt = Type.Object(
  {
    collection: Name,
    subjectId: Id,
    templateIds: Type.Array(Id),
    thumbnailCount: Type.Integer(),
    deletedAt: Timestamp,
    digest: Type.String(),
  },
  { description: "What was deleted, in random ids and counts; the audit trail has the digest" },
);

const Merged = Type.Object({ subjectId: Id, movedCount: Type.Integer(), droppedCount: Type.Integer() });

/** People of a collection. */
export function subjectRoutes(app: App): void {
  const tags = ["subjects"];
  const list = "/v1/collections/:collection/subjects";
  const one = `${list}/:subject`;

  app.get(
    list,
    {
      config: { scope: "read" },
      schema: {
        tags,
        summary: "A page of a collection's people, in the order of their names' code points",
        params: CollectionPath,
        querystring: Type.Object({
          after: Type.Optional(Name),
          limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
        }),
        response: answers({ 200: Type.Object({ subjects: Type.Array(SubjectAnswer), next: Nullable(Name) }) }),
      },
    },
    async ({ gallery, params, query: { after, limit } }) => {
      const collection = await gallery.collection(params.collection);
      const subjects = await collection.subjects(after === undefined ? { limit } : { after, limit });
      return { subjects: subjects.map(describe), next: subjects.length < limit ? null : subjects.at(-1)!.name };
    },
  );

  app.post(
    list,
    {
      config: { scope: "enroll" },
      schema: {
        tags,
        summary: "Add a person without pictures",
        params: CollectionPath,
        body: Type.Object({ name: Name, ...Details }, { additionalProperties: false }),
        response: answers({ 201: SubjectAnswer }),
      },
    },
    async ({ body: { name, ...details }, gallery, params }, reply) => {
      const collection = await gallery.collection(params.collection);
      return reply.code(201).send(describe(await collection.addSubject(name, readDetails(details))));
    },
  );

  app.get(
    one,
    {
      config: { scope: "read" },
      schema: { tags, summary: "A person", params: SubjectPath, response: answers({ 200: SubjectAnswer }) },
    },
    async ({ gallery, params }) => {
      const collection = await gallery.collection(params.collection);
      return describe(await collection.subject(params.subject));
    },
  );

  app.patch(
    one,
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Rename a person, or change what is noted of them",
        params: SubjectPath,
        body: Type.Object({ name: Type.Optional(Name), ...Details }, { additionalProperties: false }),
        response: answers({ 200: SubjectAnswer }),
      },
    },
    async ({ body: { name, ...details }, gallery, params }) => {
      const collection = await gallery.collection(params.collection);
      const changes = { ...readDetails(details), ...(name === undefined ? {} : { name }) };
      return describe(await collection.changeSubject(params.subject, changes));
    },
  );

  app.delete(
    one,
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Delete a person with all that is known of them",
        params: SubjectPath,
        response: answers({ 200: Receipt }),
      },
    },
    async ({ gallery, params }) => {
      const collection = await gallery.collection(params.collection);
      const { deletedAt, templateIds, ...receipt } = await collection.deleteSubject(params.subject);
      return { ...receipt, templateIds: [...templateIds], deletedAt: deletedAt.toISOString() };
    },
  );

  app.post(
    `${one}/merge`,
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Give this person all templates of another, who is deleted",
        params: SubjectPath,
        body: Type.Object({ from: Name }, { additionalProperties: false }),
        response: answers({ 200: Merged }),
      },
    },
    async ({ body, gallery, params }) => {
      const collection = await gallery.collection(params.collection);
      return collection.mergeSubjects({ from: body.from, into: params.subject });
    },
  );
}

type DetailsBody = Static<ReturnType<typeof Type.Object<typeof Details>>>;

function readDetails({ expiresAt, ...rest }: DetailsBody): SubjectDetails {
  return expiresAt === undefined ? rest : { ...rest, expiresAt: expiresAt === null ? null : new Date(expiresAt) };
}

function describe({ createdAt, expiresAt, ...rest }: Subject) {
  return { ...rest, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null };
}
