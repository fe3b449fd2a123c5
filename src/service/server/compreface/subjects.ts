import { type App, Type } from "../app.ts";
import type { ServerParts } from "../parts.ts";
import { answers, Name } from "../schemas.ts";
import { sharedCollection, tags } from "./shapes.ts";
import { eachSubject } from "./walk.ts";

const SubjectAnswer = Type.Object({ subject: Name });
const SubjectBody = Type.Object({ subject: Name }, { additionalProperties: false });
const SubjectParams = Type.Object({ subject: Name });

/** `/api/v1/recognition/subjects`. */
export function subjectRoutes(app: App, parts: ServerParts): void {
  const all = "/api/v1/recognition/subjects";
  const one = `${all}/:subject`;

  app.get(
    all,
    {
      config: { scope: "read" },
      schema: {
        tags,
        summary: "Names of all subjects",
        response: answers({ 200: Type.Object({ subjects: Type.Array(Name) }) }),
      },
    },
    async ({ gallery }) => {
      const subjects: string[] = [];
      for await (const { name } of eachSubject(await sharedCollection(gallery, parts))) subjects.push(name);
      return { subjects };
    },
  );

  app.post(
    all,
    {
      config: { scope: "enroll" },
      schema: { tags, summary: "Add a subject", body: SubjectBody, response: answers({ 201: SubjectAnswer }) },
    },
    async ({ body, gallery }, reply) => {
      await (await sharedCollection(gallery, parts)).addSubject(body.subject);
      return reply.code(201).send({ subject: body.subject });
    },
  );

  app.put(
    one,
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Rename a subject; one that has the new name already gets its images",
        params: SubjectParams,
        body: SubjectBody,
        response: answers({ 200: Type.Object({ updated: Type.Boolean() }) }),
      },
    },
    async ({ body: { subject: into }, gallery, params: { subject: from } }) => {
      const collection = await sharedCollection(gallery, parts);
      await collection.subject(from);
      if (from === into) return { updated: true };
      const isTaken = await collection.subject(into).then(
        () => true,
        () => false,
      );
      if (isTaken) await collection.mergeSubjects({ from, into });
      else await collection.changeSubject(from, { name: into });
      return { updated: true };
    },
  );

  app.delete(
    one,
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Delete a subject with its images",
        params: SubjectParams,
        response: answers({ 200: SubjectAnswer }),
      },
    },
    async ({ gallery, params: { subject } }) => {
      await (await sharedCollection(gallery, parts)).deleteSubject(subject);
      return { subject };
    },
  );

  app.delete(
    all,
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Delete all subjects with their images",
        response: answers({ 200: Type.Object({ deleted: Type.Integer() }) }),
      },
    },
    async ({ gallery }) => {
      const collection = await sharedCollection(gallery, parts);
      let deleted = 0;
      for await (const { name } of eachSubject(collection)) {
        await collection.deleteSubject(name);
        deleted++;
      }
      return { deleted };
    },
  );
}
