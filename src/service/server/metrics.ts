/** Metrics for Prometheus: requests by route and status, their time, images that wait, and the process. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { App } from "./app.ts";
import type { ServerParts } from "./parts.ts";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Adds `/metrics`, for keys with the scope "read". Routes appear as their patterns, since addresses hold names. */
export function serveMetrics(app: App, { faces }: ServerParts): void {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const durations = new Histogram({
    name: "cosface_request_seconds",
    help: "Time from a request to the end of its answer",
    labelNames: ["method", "route", "status"],
    buckets: SECONDS,
    registers,
  });
  new Gauge({
    name: "cosface_pending_pictures",
    help: "Images that wait for the networks or are being processed",
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
    reply.type(register.contentType).send(await register.metrics()),
  );
}
