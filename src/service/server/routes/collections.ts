import { InternalError } from "../../../base/core/index.ts";
import type { CollectionInfo, Gallery } from "../../gallery/index.ts";
import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { type Collection, contract } from "../contract/index.ts";
import type { ServerParts } from "../parts.ts";

/** Collections: sets of people whose embeddings come from one model, the service's. */
export function collectionRoutes(app: App, { faces }: ServerParts): void {
  addRoute(app, contract.listCollections, async ({ gallery }) => ({
    collections: (await gallery.collections()).map(describe),
  }));

  addRoute(app, contract.createCollection, async ({ body, gallery }) => {
    const { id: model, size } = faces.model;
    const { name } = await gallery.createCollection({ name: body.name, model, size });
    return find(gallery, name);
  });

  addRoute(app, contract.getCollection, ({ gallery, params }) => find(gallery, params.collection));

  addRoute(app, contract.deleteCollection, ({ gallery, params }) => gallery.deleteCollection(params.collection));
}

async function find(gallery: Gallery, wanted: string): Promise<Collection> {
  const { name } = await gallery.collection(wanted);
  const found = (await gallery.collections()).find((info) => info.name === name);
  if (found === undefined) throw new InternalError("internal: a collection was deleted while it was looked up");
  return describe(found);
}

function describe({ name, model, size, templateCount, createdAt }: CollectionInfo): Collection {
  return { name, model, size, templateCount, createdAt: createdAt.toISOString() };
}
