import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "../../../base/core/index.ts";
import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { contract } from "../contract/index.ts";
import type { ServerParts } from "../parts.ts";

/** Whether the process answers, and whether the database does. Neither route needs a key or reveals anything else. */
export function healthRoutes(app: App, { gallery }: ServerParts): void {
  addRoute(app, contract.health, () => ({ status: "ok" }));
  addRoute(app, contract.ready, async () => {
    await withinTime(gallery.ping());
    return { status: "ready" };
  });
}

/** Longest wait for the database: whoever watches the service needs an answer, and "busy" is one. */
const READY_MILLISECONDS = 1500;

async function withinTime(ping: Promise<void>): Promise<void> {
  const controller = new AbortController();
  const late = sleep(READY_MILLISECONDS, undefined, { signal: controller.signal }).then(() => {
    throw new UnavailableError("ready: the database does not answer in time: it is busy, or cannot be reached");
  });
  late.catch(() => undefined); // Rejected by the abort when the database was quicker.
  try {
    await Promise.race([ping, late]);
  } finally {
    controller.abort();
    ping.catch(() => undefined); // Nobody waits for it any more.
  }
}
