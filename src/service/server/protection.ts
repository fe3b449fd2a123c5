/** Protections of every route: security headers, CORS, and a limit on the requests of one address. */
import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import { RateError } from "../../base/core/index.ts";
import type { App } from "./app.ts";
import type { Limits } from "./parts.ts";

/** Pages load only what this service serves, and images that they hold in memory. */
const CONTENT_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", "blob:", "data:"],
  mediaSrc: ["'self'", "blob:"],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  workerSrc: ["'self'", "blob:"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** Registers the protections. The limit goes by address, since invented keys would each get their own. */
export async function protect(app: App, limits: Limits, origins: readonly string[]): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_POLICY },
    // Set it where TLS ends: plain HTTP on loopback must stay reachable.
    strictTransportSecurity: false,
    referrerPolicy: { policy: "no-referrer" },
  });
  app.addHook("onSend", async (_, reply) => {
    reply.header("permissions-policy", "camera=(self), microphone=(), geolocation=()");
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });
  await app.register(cors, {
    origin: [...origins],
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    strictPreflight: false,
  });
  await app.register(rateLimit, {
    max: limits.requestsPerMinute,
    timeWindow: "1 minute",
    errorResponseBuilder: (_, { after }) => new RateError(`request: too many in a minute: try again in ${after}`),
  });
}
