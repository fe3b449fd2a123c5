/** Checks the API key of each request, in `x-api-key` or `Authorization: Bearer`, against the scope of its route. */
import { ForbiddenError, UnauthorizedError } from "../../base/core/index.ts";
import { allows, type Gallery } from "../gallery/index.ts";
import type { App, Request } from "./app.ts";

/** Refuses requests whose key does not allow the route. */
export function authenticate(app: App, gallery: Gallery): void {
  app.decorateRequest("apiKey", null);
  app.decorateRequest("gallery");
  app.addHook("onRequest", async (request) => {
    request.gallery = gallery;
    // A route without a scope needs all of them.
    const { scope = "admin" } = request.routeOptions.config;
    if (scope === "public" || request.is404) return;
    const key = await gallery.keys.check(keyOf(request));
    if (key === undefined) {
      throw new UnauthorizedError("request: got no valid key: send one that is known and not expired as x-api-key");
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

/** Whether the key of a request is still valid: an answer that lasts has to ask again. */
export async function isStillValid(request: Pick<Request, "gallery" | "headers">): Promise<boolean> {
  return (await request.gallery.keys.check(keyOf(request))) !== undefined;
}

/** The key of a request on a route that is not public. @throws {UnauthorizedError} */
export function requireKey({ apiKey }: Pick<Request, "apiKey">) {
  if (apiKey !== null) return apiKey;
  throw new UnauthorizedError("request: got no key, expected one as x-api-key");
}

function keyOf({ headers }: Pick<Request, "headers">): string {
  const key = headers["x-api-key"];
  if (typeof key === "string") return key;
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
}
