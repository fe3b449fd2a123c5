import { type App, Type } from "../app.ts";
import type { ServerParts } from "../parts.ts";
import { answers } from "../schemas.ts";

/** Whether the service lives, and whether it can work. Neither needs a key, nor tells anything else. */
export function healthRoutes(app: App, { gallery }: ServerParts): void {
  const schema = (summary: string) => ({
    summary,
    tags: ["service"],
    security: [],
    response: answers({ 200: Type.Object({ status: Type.String() }) }),
  });
  app.get("/v1/health", { schema: schema("Whether the service lives"), config: { scope: "public" } }, () => ({
    status: "ok",
  }));
  app.get("/v1/ready", { schema: schema("Whether the database answers"), config: { scope: "public" } }, async () => {
    await gallery.ping();
    return { status: "ready" };
  });
}
