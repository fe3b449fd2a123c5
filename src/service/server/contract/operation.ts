/** Health, the networks in use, keys and the audit trail. */
import { keyScopes } from "../../gallery/names.ts";
import { type Described, type RouteContract, Type } from "./schema.ts";
import { Id, Name, Nullable, Score, ThresholdSources, Timestamp } from "./shapes.ts";

const Status = Type.Object({ status: Type.String() });

const Model = Type.Object({
  id: Type.String({ description: "Digest over weights and preprocessing: embeddings of one id can be compared" }),
  size: Type.Integer({ description: "Numbers in an embedding" }),
  license: Type.String(),
  detector: Type.String(),
  detectorLicense: Type.String(),
});

const Cosine = Type.Number({ minimum: -1, maximum: 1 });
const PairCount = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 });

const Scope = Type.Enum([...keyScopes]);
const Key = Type.Object({
  id: Id,
  name: Name,
  scopes: Type.Array(Scope),
  expiresAt: Nullable(Timestamp),
  createdAt: Timestamp,
});
export type Key = Described<typeof Key>;

const AuditEntry = Type.Object({
  id: Type.String(),
  at: Timestamp,
  actor: Nullable(Type.String({ description: "Id of the key; null for the command line" })),
  action: Type.String(),
  collectionId: Nullable(Type.Integer()),
  subjectId: Nullable(Type.String()),
  count: Type.Integer(),
  digest: Nullable(Type.String()),
});

export const operationRoutes = {
  health: {
    method: "GET",
    path: "/v1/health",
    scope: "public",
    tag: "service",
    summary: "Whether the process answers",
    status: 200,
    answer: Status,
  },
  ready: {
    method: "GET",
    path: "/v1/ready",
    scope: "public",
    tag: "service",
    summary: "Whether the database answers too; 503 if it does not within two seconds",
    status: 200,
    answer: Status,
  },
  exchangeTicket: {
    method: "POST",
    path: "/v1/tickets/exchange",
    scope: "public",
    tag: "service",
    summary: "Exchange the ticket in the address that `cosface serve` prints for a key; once, from this machine alone",
    body: Type.Object({ ticket: Type.String({ maxLength: 100 }) }, { additionalProperties: false }),
    status: 200,
    answer: Type.Object({ key: Type.String() }),
  },
  listModels: {
    method: "GET",
    path: "/v1/models",
    scope: "read",
    tag: "models",
    summary: "The networks in use",
    status: 200,
    answer: Type.Object({ models: Type.Array(Model) }),
  },
  listCalibrations: {
    method: "GET",
    path: "/v1/calibrations",
    scope: "read",
    tag: "models",
    summary: "Thresholds of the model, with the false accept rate that was measured for each",
    status: 200,
    answer: Type.Object({
      model: Type.String(),
      calibrations: Type.Array(
        Type.Object({
          far: Type.Number(),
          threshold: Score,
          sources: Nullable(ThresholdSources),
          createdAt: Nullable(Timestamp),
        }),
      ),
    }),
  },
  saveCalibration: {
    method: "PUT",
    path: "/v1/calibrations",
    scope: "admin",
    tag: "models",
    summary: "Store the threshold that was measured for a false accept rate; replaces the one stored for the same rate",
    body: Type.Object(
      {
        far: Type.Number({
          exclusiveMinimum: 0,
          exclusiveMaximum: 1,
          description: "False accept rate of a comparison",
        }),
        threshold: Cosine,
        genuineCount: PairCount,
        impostorCount: PairCount,
        thresholdInterval: Type.Object(
          { low: Cosine, high: Cosine },
          { additionalProperties: false, description: "Confidence interval of the threshold" },
        ),
        sources: Type.Optional(ThresholdSources),
      },
      { additionalProperties: false },
    ),
    status: 204,
  },
  listKeys: {
    method: "GET",
    path: "/v1/keys",
    scope: "admin",
    tag: "administration",
    summary: "All keys, without their secrets",
    status: 200,
    answer: Type.Object({ keys: Type.Array(Key) }),
  },
  createKey: {
    method: "POST",
    path: "/v1/keys",
    scope: "admin",
    tag: "administration",
    summary: "Create a key; this answer alone contains its text",
    body: Type.Object(
      {
        name: Name,
        scopes: Type.Array(Scope, { minItems: 1, maxItems: keyScopes.length }),
        expiresAt: Type.Optional(Timestamp),
      },
      { additionalProperties: false, examples: [{ name: "door", scopes: ["read"] }] },
    ),
    status: 201,
    answer: Type.Object({ key: Type.String(), info: Key }),
  },
  revokeKey: {
    method: "DELETE",
    path: "/v1/keys/:key",
    scope: "admin",
    tag: "administration",
    summary: "Revoke a key",
    params: Type.Object({ key: Id }),
    status: 204,
  },
  listAudit: {
    method: "GET",
    path: "/v1/audit",
    scope: "admin",
    tag: "administration",
    summary: "Who enrolled, searched and deleted, newest first, as ids and counts",
    query: Type.Object({
      before: Type.Optional(
        Type.String({ pattern: "^[0-9]{1,18}$", description: "Id of the last entry of the page before" }),
      ),
      limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
    }),
    status: 200,
    answer: Type.Object({ entries: Type.Array(AuditEntry) }),
  },
} as const satisfies Readonly<Record<string, RouteContract>>;
