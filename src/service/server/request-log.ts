/** One line for each request: which route, by which key, how it ended, how long it took. No address, body or name. */
import type { App } from "./app.ts";

export function logRequests(app: App): void {
  app.addHook("onResponse", async (request, reply) => {
    const { apiKey, log, method, routeOptions } = request;
    const milliseconds = Math.round(reply.elapsedTime);
    const facts = { method, route: routeOptions.url, status: reply.statusCode, milliseconds, key: apiKey?.id };
    log.info(facts, "request");
  });
}
