import type { ApiKey } from "../../gallery/index.ts";
import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { contract } from "../contract/index.ts";
import type { Key } from "../contract/operation.ts";

/** Keys, and the audit trail. */
export function administrationRoutes(app: App): void {
  addRoute(app, contract.listKeys, async ({ gallery }) => ({ keys: (await gallery.keys.list()).map(describeKey) }));

  addRoute(app, contract.createKey, async ({ body: { expiresAt, name, scopes }, gallery }) => {
    const expiry = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) };
    const { info, key } = await gallery.keys.create({ name, scopes, ...expiry });
    return { key, info: describeKey(info) };
  });

  addRoute(app, contract.revokeKey, ({ gallery, params }) => gallery.keys.revoke(params.key));

  addRoute(app, contract.listAudit, async ({ gallery, query: { before, limit } }) => {
    const entries = await gallery.audit(before === undefined ? { limit } : { before, limit });
    return { entries: entries.map(({ at, ...entry }) => ({ ...entry, at: at.toISOString() })) };
  });
}

function describeKey({ createdAt, expiresAt, id, name, scopes }: ApiKey): Key {
  return { id, name, scopes, expiresAt: expiresAt?.toISOString() ?? null, createdAt: createdAt.toISOString() };
}
