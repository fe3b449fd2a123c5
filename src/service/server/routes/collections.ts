import type { CollectionInfo, Gallery } from "../../gallery/index.ts";
import { type App, Type } from "../app.ts";
import type { ServerParts } from "../parts.ts";
import { answers, CollectionPath, Name, Timestamp } from "../schemas.ts";

const Collection = Type.Object({
  name: Name,
  model: Type.String({ description: "Id of the model that all of its embeddings are of" }),
  size: Type.Integer({ description: "Numbers in an embedding" }),
  templateCount: Type.Integer(),
  createdAt: Timestamp,
});

/** Collections: sets of people whose embeddings are of one model, the service's. */
export function collectionRoutes(app: App, { faces }: ServerParts): void {
  const tags = ["collections"];

  app.get(
    "/v1/collections",
    {
      config: { scope: "read" },
      schema: {
        tags,
        summary: "All collections, by name",
        response: answers({ 200: Type.Object({ collections: Type.Array(Collection) }) }),
      },
    },
    async ({ gallery }) => ({ collections: (await gallery.collections()).map(describe) }),
  );

  app.post(
    "/v1/collections",
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Make a collection for the service's model",
        body: Type.Object({ name: Name }, { additionalProperties: false }),
        response: answers({ 201: Collection }),
      },
    },
    async ({ body, gallery }, reply) => {
      const { id: model, size } = faces.model;
      await gallery.createCollection({ name: body.name, model, size });
      return reply.code(201).send(await find(gallery, body.name));
    },
  );

  app.get(
    "/v1/collections/:collection",
    {
      config: { scope: "read" },
      schema: { tags, summary: "A collection", params: CollectionPath, response: answers({ 200: Collection }) },
    },
    ({ gallery, params }) => find(gallery, params.collection),
  );

  app.delete(
    "/v1/collections/:collection",
    {
      config: { scope: "admin" },
      schema: {
        tags,
        summary: "Delete a collection with all its people",
        params: CollectionPath,
        response: answers({ 204: Type.Null() }),
      },
    },
    async ({ gallery, params }, reply) => {
      await gallery.deleteCollection(params.collection);
      return reply.code(204).send(null);
    },
  );
}

async function find(gallery: Gallery, name: string) {
  await gallery.collection(name);
  return describe((await gallery.collections()).find((info) => info.name === name)!);
}

function describe({ name, model, size, templateCount, createdAt }: CollectionInfo) {
  return { name, model, size, templateCount, createdAt: createdAt.toISOString() };
}
