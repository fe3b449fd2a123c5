/**
 * What one route of the service is, as data. The contract is the one place that says it: routes are registered from it,
 * OpenAPI and docs/reference/rest.md are made of it, and the page takes its types from it. The files of this folder
 * import typebox and the names of scopes alone, so that the page's compiler can read them without the service.
 */
import { type Static, type TSchema, Type } from "typebox";
import type { KeyScope } from "../../gallery/names.ts";

export { type Static, type TSchema, Type };

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One route. */
export type RouteContract = {
  readonly method: Method;
  /** The path, with parameters as `:name`. */
  readonly path: string;
  /** The scope that a key must have, or several of which one is enough; "public" for routes that need no key. */
  readonly scope: KeyScope | "public" | readonly KeyScope[];
  /** The group of routes that the documentation lists it in. */
  readonly tag: string;
  /** One sentence: what the route does. */
  readonly summary: string;
  /** Parameters of the path. */
  readonly params?: TSchema;
  /** Parameters of the query. */
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Content types of a body that may be other than JSON. */
  readonly consumes?: readonly string[];
  /** HTTP's status of success. */
  readonly status: 200 | 201 | 202 | 204;
  /** What a success answers as JSON; undefined for a status of 204 and for other content types. */
  readonly answer?: TSchema;
  /** The content type of a success that is not JSON. */
  readonly produces?: string;
  /** Exempt from the limit on concurrent requests: health checks, and event streams that last as long as their job. */
  readonly isUnlimited?: boolean;
  /** What the error answers look like; default "problem", RFC 9457. */
  readonly errors?: "problem" | "compreface";
};

/** The same value, of which nothing may be changed. */
export type Frozen<T> = T extends object ? { readonly [Name in keyof T]: Frozen<T[Name]> } : T;

/** The type of what a schema describes; `unknown` without a schema. */
export type Described<S> = S extends TSchema ? Frozen<Static<S>> : unknown;
