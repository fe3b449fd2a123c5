import { comprefaceRoutes } from "./compreface.ts";
import { jobRoutes } from "./jobs.ts";
import { operationRoutes } from "./operation.ts";
import { peopleRoutes } from "./people.ts";
import { recognitionRoutes } from "./recognition.ts";
import type { Described, RouteContract } from "./schema.ts";

export type { Job, JobResult, Refusal } from "./jobs.ts";
export type { Collection, Enrolled, Merged, Receipt, Subject, SubjectDetails, Template } from "./people.ts";
export type { Clustered, ClusteredFace, Identified, IdentifiedFace, Match } from "./recognition.ts";
export type { Method, RouteContract } from "./schema.ts";
export type { Box, Face, Problem } from "./shapes.ts";

/** Every route of the service, by the name of its operation, in the order in which the documentation lists them. */
export const contract = {
  ...operationRoutes,
  ...peopleRoutes,
  ...recognitionRoutes,
  ...jobRoutes,
  ...comprefaceRoutes,
} as const satisfies Readonly<Record<string, RouteContract>>;

export type Contract = typeof contract;

/** Name of an operation. */
export type Operation = keyof Contract;

/** What an operation answers with success. */
export type Answer<Name extends Operation> = Contract[Name] extends { readonly answer: infer S }
  ? Described<S>
  : unknown;

/** The JSON body that an operation takes. */
export type Body<Name extends Operation> = Contract[Name] extends { readonly body: infer S } ? Described<S> : unknown;

/** Addresses of an operation: its path with any text for each parameter, and any query. */
export type Address<Name extends Operation> = Filled<Contract[Name]["path"]>;

type Filled<Path extends string> = Path extends `${infer Before}:${string}/${infer After}`
  ? `${Before}${string}/${Filled<After>}`
  : Path extends `${infer Before}:${string}`
    ? `${Before}${string}`
    : Path | `${Path}?${string}`;
