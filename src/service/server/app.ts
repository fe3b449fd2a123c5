/** The web framework as the rest of the service uses it. */
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from "fastify";
import type { ApiKey, Gallery } from "../gallery/index.ts";
import type { RouteContract } from "./contract/index.ts";

/** The service, or a part of it. */
export type App = FastifyInstance;
export type Request = FastifyRequest;
export type Reply = FastifyReply;

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * Exempt from the limit on concurrent requests: health checks, and event streams that last as long as their job.
     */
    readonly isUnlimited?: boolean;
    /** The scope that a key must have, or several of which one is enough; default "admin". */
    readonly scope?: RouteContract["scope"];
    /** Content types that the route takes; undefined for a route without a body. */
    readonly accepts?: readonly string[];
    /** How errors are answered; default "problem". */
    readonly errors?: NonNullable<RouteContract["errors"]>;
  }
  interface FastifyRequest {
    /** The key of the request; null on public routes. */
    apiKey: ApiKey | null;
    /** The gallery, with the audit trail naming that key. */
    gallery: Gallery;
  }
}

/** Longest part of an address: a name of 256 characters, each of up to four bytes written as %XX. */
const LONGEST_PARAMETER = 256 * 4 * 3;

/** How long a request may take to arrive, in milliseconds, and what else differs between applications. */
type AppOptions = Pick<FastifyServerOptions, "bodyLimit" | "logger"> & {
  readonly requestTimeout: number;
  /** Answers requests that are refused before a route is found, such as a wrongly encoded address. */
  readonly onRefused: (request: Request, reply: Reply) => void;
};

/** How often connections are checked for their time limits. */
const CHECK_MILLISECONDS = 1000;
/** Long enough for a machine that is busy with something else. */
const PLUGIN_MILLISECONDS = 60_000;

/** An application without routes. Unknown properties are refused, and text in an address is converted to numbers. */
export function createApp({ onRefused, requestTimeout, ...options }: AppOptions): App {
  return fastify({
    ...options,
    requestTimeout,
    // The framework's own lines hold addresses, and addresses hold names: request-log.ts writes lines without.
    logController: new LogController({ disableRequestLogging: true }),
    // Node waits for the longer of the two limits, so both are set.
    http: { connectionsCheckingInterval: CHECK_MILLISECONDS, requestTimeout, headersTimeout: requestTimeout },
    frameworkErrors: (_, request, reply) => onRefused(request as Request, reply as Reply),
    pluginTimeout: PLUGIN_MILLISECONDS,
    rewriteUrl: ({ url = "/" }) => repairQuery(url),
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: true,
        useDefaults: true,
        allErrors: false,
        strictTypes: false,
      },
    },
    return503OnClosing: true,
  });
}

/**
 * CompreFace's client appends options to an address that has some already by a second "?", which encoders never write.
 */
function repairQuery(url: string): string {
  const start = url.indexOf("?") + 1;
  return start === 0 ? url : url.slice(0, start) + url.slice(start).replaceAll("?", "&").replaceAll("&&", "&");
}
