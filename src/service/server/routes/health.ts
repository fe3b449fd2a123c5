import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "../../../base/core/index.ts";
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
    await withinTime(gallery.ping());
    return { status: "ready" };
  });
}

/** Longest wait for the database: whoever watches the service wants an answer, and one that it is busy is an answer too. */
const READY_MILLISECONDS = 1500;

async function withinTime(ping: Promise<void>): Promise<void> {
  const controller = new AbortController();
  const late = sleep(READY_MILLISECONDS, undefined, { signal: controller.signal }).then(() => {
    throw new UnavailableError("ready: the database gives no answer in time: it is busy, or away");
  });
  late.catch(() => undefined); // Aborted where the database was quicker.
  try {
    await Promise.race([ping, late]);
  } finally {
    controller.abort();
    ping.catch(() => undefined); // Nobody waits for it any more.
  }
}
