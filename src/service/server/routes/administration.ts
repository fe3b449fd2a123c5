import { type ApiKey, type AuditEntry, keyScopes } from "../../gallery/index.ts";
import { type App, Type } from "../app.ts";
import { answers, Id, Name, Nullable, Timestamp } from "../schemas.ts";

const Scope = Type.Enum([...keyScopes]);
const Key = Type.Object({
  id: Id,
  name: Name,
  scopes: Type.Array(Scope),
  expiresAt: Nullable(Timestamp),
  createdAt: Timestamp,
});

const Entry = Type.Object({
  id: Type.String(),
  at: Timestamp,
  actor: Nullable(Type.String({ description: "Id of the key; null for the command line" })),
  action: Type.String(),
  collectionId: Nullable(Type.Integer()),
  subjectId: Nullable(Type.String()),
  count: Type.Integer(),
  digest: Nullable(Type.String()),
});

/** Who may use the service, and what was done with it. */
export function administrationRoutes(app: App): void {
  const tags = ["administration"];
  const config = { scope: "admin" } as const;

  app.get(
    "/v1/keys",
    {
      config,
      schema: {
        tags,
        summary: "All keys, without their secrets",
        response: answers({ 200: Type.Object({ keys: Type.Array(Key) }) }),
      },
    },
    async ({ gallery }) => ({ keys: (await gallery.keys.list()).map(describeKey) }),
  );

  app.post(
    "/v1/keys",
    {
      config,
      schema: {
        tags,
        summary: "Make a key; its text is in this answer and nowhere else",
        body: Type.Object(
          {
            name: Name,
            scopes: Type.Array(Scope, { minItems: 1, maxItems: keyScopes.length }),
            expiresAt: Type.Optional(Type.String({ format: "date-time" })),
          },
          { additionalProperties: false },
        ),
        response: answers({ 201: Type.Object({ key: Type.String(), info: Key }) }),
      },
    },
    async ({ body: { expiresAt, name, scopes }, gallery }, reply) => {
      const expiry = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) };
      const { info, key } = await gallery.keys.create({ name, scopes, ...expiry });
      return reply.code(201).send({ key, info: describeKey(info) });
    },
  );

  app.delete(
    "/v1/keys/:key",
    {
      config,
      schema: {
        tags,
        summary: "Revoke a key",
        params: Type.Object({ key: Id }),
        response: answers({ 204: Type.Null() }),
      },
    },
    async ({ gallery, params }, reply) => {
      await gallery.keys.revoke(params.key);
      return reply.code(204).send(null);
    },
  );

  app.get(
    "/v1/audit",
    {
      config,
      schema: {
        tags,
        summary: "Who enrolled, searched and deleted, newest first: ids and counts alone",
        querystring: Type.Object({
          before: Type.Optional(Type.String({ pattern: "^[0-9]{1,18}$", description: "Id of the last entry before" })),
          limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
        }),
        response: answers({ 200: Type.Object({ entries: Type.Array(Entry) }) }),
      },
    },
    async ({ gallery, query: { before, limit } }) => {
      const entries = await gallery.audit(before === undefined ? { limit } : { before, limit });
      return { entries: entries.map(describeEntry) };
    },
  );
}

function describeKey({ createdAt, expiresAt, id, name, scopes }: ApiKey) {
  return {
    id,
    name,
    scopes: [...scopes],
    expiresAt: expiresAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

function describeEntry({ at, ...entry }: AuditEntry) {
  return { ...entry, at: at.toISOString() };
}
