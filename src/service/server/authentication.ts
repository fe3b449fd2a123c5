/** Who asks: an API key in `x-api-key` or `Authorization: Bearer`, and what it allows. */
import { ForbiddenError, UnauthorizedError } from "../../base/core/index.ts";
import { allows, type Gallery } from "../gallery/index.ts";
import type { App, Request } from "./app.ts";

/** Refuses requests whose key does not allow the route. */
export function authenticate(app: App, gallery: Gallery): void {
  app.decorateRequest("apiKey", null);
  app.decorateRequest("gallery");
  app.addHook("onRequest", async (request) => {
    request.gallery = gallery;
    // What says nothing needs all.
    const { scope = "admin" } = request.routeOptions.config;
    if (scope === "public" || request.is404) return;
    const key = await gallery.keys.check(keyOf(request));
    if (key === undefined) {
      throw new UnauthorizedError("request: got no key that is known and not expired: send one as x-api-key");
    }
    const scopes = [scope].flat();
    if (!scopes.some((one) => allows(key, one))) {
      const expected = scopes.map((one) => `'${one}'`).join(" or ");
      throw new ForbiddenError(`request: this key does not allow it, expected one with the scope ${expected}`);
    }
    request.apiKey = key;
    request.gallery = gallery.as(key.id);
  });
}

function keyOf({ headers }: Request): string {
  const key = headers["x-api-key"];
  if (typeof key === "string") return key;
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
}
