/**
 * Identification in an open set: the people nearest to a probe, each with the score of the nearest template or of the
 * mean of all templates, whichever is higher, as everywhere else (faces/people/people-store.ts). Whether the nearest
 * person *is* the one on the photograph depends on a threshold, which belongs to a model and to the errors that are
 * acceptable; so a search answers with scores, and no match at the threshold means "unknown".
 *
 * Without an index the answer is exact. An index gives the templates nearest to the probe; their people are then scored
 * by all of their templates. It can miss a person whose mean is near while none of the templates is among the
 * candidates.
 */
import { NotFoundError, requireBetween, requireInteger } from "../../base/core/index.ts";
import { toUnitLength } from "./checks.ts";
import type { CollectionContext } from "./context.ts";
import { requireModel } from "./enroll.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { type NearPerson, selectNearest, selectNearestByIndex } from "./sql/search.ts";
import { indexedType } from "./sql/template-index.ts";
import { selectVersion } from "./sql/templates.ts";

/** A face asked about. */
export type Probe = {
  /** f32[size], of any length above 0. */
  readonly embedding: Float32Array;
  /** Id of the model that made the embedding; must be the collection's. */
  readonly model: string;
};

/** How many matches, and how good. */
export type SearchOptions = {
  /** Most subjects in the answer; default 5. */
  readonly limit?: number;
  /** Lowest score in the answer, a cosine in [−1, 1]; default −1, all. */
  readonly minimumScore?: number;
};

/** A subject that is like the probe. */
export type Match = {
  /** Name of the subject. */
  readonly subject: string;
  readonly subjectId: string;
  /** The subject's template that is most like the probe. */
  readonly templateId: string;
  /**
   * Cosine of the probe with that template, or with the mean of the subject's templates where that is higher, in [−1,
   * 1].
   */
  readonly score: number;
  /** Whether the score is that of the mean. */
  readonly isMean: boolean;
};

const DEFAULT_LIMIT = 5;
/** Templates that the index gives at first for each person wanted, and how many times more when those were too few. */
const CANDIDATES_PER_PERSON = 8;
const GROWTH = 8;

/** The best matches, highest score first; expired subjects are not among them. */
export async function search(
  context: CollectionContext,
  { embedding, model }: Probe,
  { limit = DEFAULT_LIMIT, minimumScore = -1 }: SearchOptions = {},
): Promise<Match[]> {
  const { actor, collection, database } = context;
  const what = `gallery '${collection.name}'`;
  requireModel(collection, model);
  requireInteger(`${what}: limit`, limit, 1);
  requireBetween(`${what}: minimumScore`, minimumScore, -1, 1);
  const probe = toUnitLength(what, embedding, collection.size);
  const near = await nearestPeople(context, probe, limit);
  if (near.length === 0) await requireCurrent(context);
  const matches = near.filter(({ score }) => score >= minimumScore).map(toMatch);
  // Only that a search took place and what it gave in number: who was found would be a record of where people were.
  await insertAuditEntry(database, actor, { action: "search", collectionId: collection.id, count: matches.length });
  return matches;
}

/** In this process when templates are encrypted, else in the database, by its index if the collection has one. */
async function nearestPeople(context: CollectionContext, probe: Float32Array, limit: number): Promise<NearPerson[]> {
  const { collection, database, memory, vault } = context;
  if (vault !== undefined) return memory.nearest(context, probe, limit);
  const query = { collection, probe, limit };
  if (!collection.isIndexed) return selectNearest(database, query);
  const type = indexedType(database.engine, collection.size);
  for (let candidateCount = CANDIDATES_PER_PERSON * limit; ; candidateCount *= GROWTH) {
    const found = await selectNearestByIndex(database, { ...query, candidateCount }, type);
    if (found.near.length >= limit || found.candidateCount < candidateCount) return found.near;
  }
}

/** @throws {NotFoundError} when the collection was deleted, or moved to another model, since it was opened. */
async function requireCurrent({ collection, database }: CollectionContext): Promise<void> {
  if ((await selectVersion(database, collection)) !== undefined) return;
  throw new NotFoundError(
    `gallery: there is no collection '${collection.name}' of model '${collection.model}' any more: open it again`,
  );
}

/** Rounding in f32 may carry a cosine beyond 1. */
function toMatch({ score, ...person }: NearPerson): Match {
  return { ...person, score: Math.min(1, Math.max(-1, score)) };
}
