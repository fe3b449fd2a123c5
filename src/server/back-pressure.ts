/** An end to how many requests wait: what comes beyond is told to come again, while there is still somebody to tell it. */
import { UnavailableError } from "../core/index.ts";
import type { App } from "./app.ts";

/** Refuses requests while `maximum` wait for their answers. What is public, as health is, is always answered. */
export function limitPending(app: App, maximum: number): void {
  let count = 0;
  app.addHook("onRequest", async (request, reply) => {
    const { isUnlimited = false, scope } = request.routeOptions.config;
    if (scope === "public" || isUnlimited) return;
    if (count >= maximum) throw new UnavailableError(`request: ${count} others wait already: try again in a moment`);
    count++;
    // Comes after the answer, and also to who has hung up before it.
    reply.raw.once("close", () => {
      count--;
    });
  });
}
