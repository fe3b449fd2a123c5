/**
 * Identification in an open set: the subjects nearest to a probe, each with the score of its best template. Whether the
 * nearest one *is* the person is for the threshold to say, which belongs to a model and to what errors are acceptable;
 * so all that is answered is scores, and no match above the threshold means "unknown".
 *
 * The first subjects in the order of their best templates are the first distinct ones in the order of all templates. So
 * templates are fetched in that order, a few more than there are subjects wanted, and again more while one person's many
 * templates crowd out the others.
 */
import { NotFoundError, requireBetween, requireInteger } from "../../base/core/index.ts";
import { toUnitLength } from "./checks.ts";
import type { CollectionContext } from "./context.ts";
import { requireModel } from "./enroll.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { type NearTemplate, selectNearest, selectNearestByIndex } from "./sql/search.ts";
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
  /** Cosine of that template and the probe, in [−1, 1]. */
  readonly score: number;
};

const DEFAULT_LIMIT = 5;
/** Templates fetched at first for each subject wanted, and how many times more are when those were too few. */
const TEMPLATES_PER_SUBJECT = 4;
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
  const matches = await nearestSubjects(context, probe, { limit, minimumScore });
  // Only that a search took place and what it gave in number: who was found would be a record of where people were.
  await insertAuditEntry(database, actor, { action: "search", collectionId: collection.id, count: matches.length });
  return matches;
}

async function nearestSubjects(
  context: CollectionContext,
  probe: Float32Array,
  { limit, minimumScore }: Required<SearchOptions>,
): Promise<Match[]> {
  for (let count = TEMPLATES_PER_SUBJECT * limit; ; count *= GROWTH) {
    const near = await nearestTemplates(context, probe, count);
    if (near.length === 0) await requireCurrent(context);
    const matches = bestPerSubject(near);
    const isComplete = near.length < count || matches.length >= limit || near.at(-1)!.score < minimumScore;
    if (isComplete) return matches.slice(0, limit).filter(({ score }) => score >= minimumScore);
  }
}

/** Where they lie: in this process when they are encrypted, else in the database, by its index if it has one. */
function nearestTemplates(context: CollectionContext, probe: Float32Array, count: number): Promise<NearTemplate[]> {
  const { collection, database, memory, vault } = context;
  if (vault !== undefined) return memory.nearest(context, probe, count);
  const query = { collection, probe, count };
  if (!collection.isIndexed) return selectNearest(database, query);
  return selectNearestByIndex(database, query, indexedType(database.engine, collection.size));
}

/** @throws {NotFoundError} when the collection was deleted, or moved to another model, since it was opened. */
async function requireCurrent({ collection, database }: CollectionContext): Promise<void> {
  if ((await selectVersion(database, collection)) !== undefined) return;
  throw new NotFoundError(
    `gallery: there is no collection '${collection.name}' of model '${collection.model}' any more: open it again`,
  );
}

/** The first template of each subject. Rounding in f32 may carry a cosine beyond 1. */
function bestPerSubject(near: readonly NearTemplate[]): Match[] {
  const best = new Map<string, Match>();
  for (const { isExpired, score, subject, subjectId, templateId } of near) {
    if (isExpired || best.has(subjectId)) continue;
    best.set(subjectId, { subject, subjectId, templateId, score: Math.min(1, Math.max(-1, score)) });
  }
  return [...best.values()];
}
