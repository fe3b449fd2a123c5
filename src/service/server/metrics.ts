/** What Prometheus asks for: requests by route and answer, how long they took, what waits, and the process itself. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { App } from "./app.ts";
import type { ServerParts } from "./parts.ts";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Adds `/metrics`, for keys that may read. Routes are named by their patterns: addresses hold names. */
export function serveMetrics(app: App, { faces }: ServerParts): void {
  const registers = [new Registry()];
  collectDefaultMetrics({ register: registers[0]! });
  const durations = new Histogram({
    name: "cosface_request_seconds",
    help: "Time from a request to the end of its answer",
    labelNames: ["method", "route", "status"],
    buckets: SECONDS,
    registers,
  });
  new Gauge({
    name: "cosface_pending_pictures",
    help: "Pictures that wait for the networks or are being looked at",
    registers,
    collect() {
      this.set(faces.pendingCount);
    },
  });
  app.addHook("onResponse", async ({ method, routeOptions }, reply) => {
    const labels = { method, route: routeOptions.url ?? "none", status: reply.statusCode };
    durations.observe(labels, reply.elapsedTime / 1000);
  });
  app.get("/metrics", { config: { scope: "read", isUnlimited: true }, schema: { hide: true } }, async (_, reply) =>
    reply.type(registers[0]!.contentType).send(await registers[0]!.metrics()),
  );
}
