/** The web framework as the rest of the service sees it: an application whose schemas are its types. */
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  type FastifyTypeProvider,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from "fastify";
import { type Static, type TSchema, Type } from "typebox";
import type { ApiKey, Gallery, KeyScope } from "../gallery/index.ts";

export { type Static, type TSchema, Type };

/** What a handler is given and gives back has the type of its schema. */
interface SchemaTypes extends FastifyTypeProvider {
  readonly validator: this["schema"] extends TSchema ? Static<this["schema"]> : unknown;
  readonly serializer: this["schema"] extends TSchema ? Static<this["schema"]> : unknown;
}

/** The service, or a part of it. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  SchemaTypes
>;

export type Request = FastifyRequest;
export type Reply = FastifyReply;

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether it is answered however many requests wait: what watches the service, or takes as long as what it tells of. */
    readonly isUnlimited?: boolean;
    /** What a key must allow, or one of it; "public" for routes that need none. Every route states it. */
    readonly scope?: KeyScope | "public" | readonly KeyScope[];
  }
  interface FastifyRequest {
    /** The key that the request came with; null on public routes. */
    apiKey: ApiKey | null;
    /** The gallery in the name of that key, so that the audit trail tells who did what. */
    gallery: Gallery;
  }
}

/** Longest part of an address: a name of 256 characters, each of up to four bytes written as %XX. */
const LONGEST_PARAMETER = 256 * 4 * 3;

/** How long a request may take to arrive, in milliseconds, and what else differs between applications. */
type AppOptions = Pick<FastifyServerOptions, "bodyLimit" | "logger"> & {
  readonly requestTimeout: number;
  /** Answers what is refused before there is a route, such as an address that is none. */
  readonly onRefused: (request: Request, reply: Reply) => void;
};

/** How often connections are looked at for having had their time. */
const CHECK_MILLISECONDS = 1000;
/** Long enough for a machine that is busy with something else. */
const PLUGIN_MILLISECONDS = 60_000;

/** An application without routes. Unknown properties are refused, and only words of an address are turned into numbers. */
export function createApp({ onRefused, requestTimeout, ...options }: AppOptions): App {
  const app = fastify({
    ...options,
    requestTimeout,
    // While the headers may take longer than the whole, Node waits for both.
    // Its lines hold addresses, and addresses hold names: request-log.ts writes lines without.
    logController: new LogController({ disableRequestLogging: true }),
    http: { connectionsCheckingInterval: CHECK_MILLISECONDS, requestTimeout, headersTimeout: requestTimeout },
    frameworkErrors: (_, request, reply) => onRefused(request as Request, reply as Reply),
    pluginTimeout: PLUGIN_MILLISECONDS,
    rewriteUrl: ({ url = "/" }) => mendQuery(url),
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
  return app.withTypeProvider<SchemaTypes>();
}

/** CompreFace's client joins options to an address that has some already by a second "?", which no encoder would leave. */
function mendQuery(url: string): string {
  const start = url.indexOf("?") + 1;
  return start === 0 ? url : url.slice(0, start) + url.slice(start).replaceAll("?", "&").replaceAll("&&", "&");
}
