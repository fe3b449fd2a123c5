/** A route of the contract with its handler: what the contract says is checked and documented by the framework. */
import type { RouteHandlerMethod } from "fastify";
import type { App, Reply, Request } from "./app.ts";
import { ComprefaceError } from "./contract/compreface.ts";
import { type Described, type RouteContract, type TSchema, Type } from "./contract/schema.ts";
import { Problem } from "./contract/shapes.ts";
import { requireJsonTypes } from "./json-types.ts";

/** A request whose parts have the types of the contract's schemas. */
export type RequestOf<Route extends RouteContract> = Omit<Request, "body" | "params" | "query"> & {
  readonly params: Part<Route, "params">;
  readonly query: Part<Route, "query">;
  readonly body: Part<Route, "body">;
};

type Part<Route, Name extends string> = Route extends { readonly [N in Name]: infer S } ? Described<S> : unknown;

/** What a handler returns: the answer's JSON, or nothing where the contract states none. */
export type AnswerOf<Route extends RouteContract> = Route extends { readonly answer: infer S } ? Described<S> : unknown;

/** Handles a request; the contract states the status. */
export type Handler<Route extends RouteContract> = (
  request: RequestOf<Route>,
  reply: Reply,
) => AnswerOf<Route> | Promise<AnswerOf<Route>>;

/** Registers the route. */
export function addRoute<const Route extends RouteContract>(app: App, route: Route, handle: Handler<Route>): void {
  const { answer, body, consumes, isUnlimited = false, method, params, path, produces, query, scope, status } = route;
  // CompreFace's clients send options that only CompreFace has, and types that it converts.
  const isOurs = route.errors !== "compreface";
  const problem = isOurs ? Problem : ComprefaceError;
  const success = status === 204 ? { 204: { type: "null" } } : answer === undefined ? {} : { [status]: answer };
  const handler = async (request: Request, reply: Reply) => {
    reply.code(status);
    // The framework has checked each part by the schema that gives it its type.
    const found = await handle(request as unknown as RequestOf<Route>, reply);
    return status === 204 ? reply.send(null) : found;
  };
  app.route({
    method,
    url: path,
    config: { scope, isUnlimited, errors: route.errors ?? "problem", ...acceptsOf(route) },
    ...(isOurs && body !== undefined ? { preValidation: requireTypes(body) } : {}),
    schema: {
      tags: [route.tag],
      summary: route.summary,
      ...(scope === "public" ? { security: [] } : {}),
      ...(params === undefined ? {} : { params }),
      ...(isOurs ? { querystring: closed(query) } : query === undefined ? {} : { querystring: query }),
      ...(consumes === undefined ? {} : { consumes: [...consumes] }),
      ...(produces === undefined ? {} : { produces: [produces] }),
      ...(body === undefined ? {} : { body }),
      response: { ...success, "4xx": problem },
    },
    handler: handler as unknown as RouteHandlerMethod,
  });
}

/** The parameters of a query and no others: a misspelled threshold must not be ignored. */
function closed(query: TSchema = Type.Object({})): TSchema {
  return { ...query, additionalProperties: false };
}

function requireTypes(schema: TSchema) {
  return async ({ body }: Request): Promise<void> => {
    // Images as they are, and forms, are read by the route.
    if (body !== undefined && !Buffer.isBuffer(body)) requireJsonTypes(schema, body);
  };
}

/** Content types of the body; images may also come as plain bytes. */
function acceptsOf({ body, consumes = ["application/json"] }: RouteContract): { readonly accepts?: readonly string[] } {
  if (body === undefined) return {};
  return { accepts: consumes.includes("image/*") ? [...consumes, "application/octet-stream"] : consumes };
}
