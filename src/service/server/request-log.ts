/** Logs one line for each request: route, status, time and the id of its key, but no address, body or name. */
import type { App } from "./app.ts";

export function logRequests(app: App): void {
  app.addHook("onResponse", async (request, reply) => {
    const { apiKey, log, method, routeOptions } = request;
    const milliseconds = Math.round(reply.elapsedTime);
    const facts = { method, route: routeOptions.url, status: reply.statusCode, milliseconds, key: apiKey?.id };
    log.info(facts, "request");
  });
}
