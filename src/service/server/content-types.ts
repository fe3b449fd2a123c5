/** Refuses packed bodies, and those of a content type that their route does not take, and names those that it does. */
import { MediaTypeError } from "../../base/core/index.ts";
import type { App, Request } from "./app.ts";

export function checkContentTypes(app: App): void {
  app.addHook("onRequest", async ({ headers, routeOptions }) => {
    const { accepts } = routeOptions.config;
    if (accepts === undefined || !hasBody(headers)) return;
    const encoding = headers["content-encoding"] ?? "identity";
    if (encoding !== "identity") {
      const got = /^[\w-]{1,20}$/.test(encoding) ? encoding : "several";
      throw new MediaTypeError(`request: got a body with content-encoding ${got}, expected none: send it unpacked`);
    }
    const type = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    if (accepts.some((one) => (one.endsWith("/*") ? type.startsWith(one.slice(0, -1)) : type === one))) return;
    const got = /^[\w.+-]+\/[\w.+-]+$/.test(type) ? `content type ${type}` : "a body without a content type";
    throw new MediaTypeError(`request: got ${got}, expected ${accepts.join(", ")}: send the header content-type`);
  });
}

function hasBody(headers: Request["headers"]): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
