/**
 * Enrollment of one template or many, in transactions: a batch is stored completely, with its subjects, or not at all.
 *
 * The digest of a source makes enrollment idempotent: a source that a subject is enrolled from already is skipped, so
 * that an interrupted bulk enrollment is simply started again.
 */
import { GalleryError, InternalError, requireBetween, requireInteger } from "../../base/core/index.ts";
import { parseDigest, requireName, requireNewName, toUnitLength } from "./checks.ts";
import { type CollectionContext, noCollection } from "./context.ts";
import { templateOwner, thumbnailOwner } from "./encryption.ts";
import { type Connection, encodeVector } from "./engines/index.ts";
import { idSequence } from "./ids.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { addToTemplateCount, nextRevision } from "./sql/collections.ts";
import { insertSubjects, selectSubjectIds } from "./sql/subjects.ts";
import { updateSumLengths } from "./sql/sum-lengths.ts";
import { insertTemplates, insertThumbnails, selectEnrolledSources, type TemplateRow } from "./sql/templates.ts";

/** A face to enroll. */
export type NewTemplate = {
  /** Name of the person, who is added when missing; 1 to 256 characters. */
  readonly subject: string;
  /** f32[size], of any length above 0; stored at unit length. */
  readonly embedding: Float32Array;
  /** Id of the model that made the embedding; must be the collection's. */
  readonly model: string;
  /** Quality of the image in [0, 1], by the caller's own measure. */
  readonly quality?: number;
  /** SHA-256 of the enrolled image, in 64 hexadecimal digits: a subject is enrolled from the same image once. */
  readonly sourceDigest?: string;
  /** Encoded image of the face, to keep it: without one, a change of model needs a new photograph of the person. */
  readonly thumbnail?: Uint8Array;
};

/** Result of enrolling a {@link NewTemplate}. */
export type EnrolledTemplate = {
  readonly id: string;
  /** Name of the person as it is stored: in Unicode's composed form. */
  readonly subject: string;
  readonly subjectId: string;
  /** False when the subject had a template of this source already; `id` is that template's. */
  readonly isNew: boolean;
};

/** Progress of a bulk enrollment, in templates. */
export type EnrollmentProgress = {
  readonly enrolledCount: number;
  /** Templates whose source was enrolled before. */
  readonly skippedCount: number;
};

/** Options of a bulk enrollment. */
export type EnrollManyOptions = {
  /** Templates in one transaction; default 1000. */
  readonly batchSize?: number;
  /** Called after each transaction. */
  readonly onProgress?: (progress: EnrollmentProgress) => void;
};

const DEFAULT_BATCH = 1000;

/** Enrolls batch by batch. An error of `templates` ends it; batches that are written remain. */
export async function enrollMany(
  context: CollectionContext,
  templates: Iterable<NewTemplate> | AsyncIterable<NewTemplate>,
  { batchSize = DEFAULT_BATCH, onProgress }: EnrollManyOptions = {},
): Promise<EnrollmentProgress> {
  requireInteger("enrollMany: batchSize", batchSize, 1);
  let progress: EnrollmentProgress = { enrolledCount: 0, skippedCount: 0 };
  let batch: CheckedTemplate[] = [];
  const write = async () => {
    const written = await writeBatch(context, batch);
    const newCount = written.filter(({ isNew }) => isNew).length;
    progress = {
      enrolledCount: progress.enrolledCount + newCount,
      skippedCount: progress.skippedCount + written.length - newCount,
    };
    batch = [];
    onProgress?.(progress);
  };
  for await (const template of templates) {
    batch.push(check(context, template));
    if (batch.length >= batchSize) await write();
  }
  if (batch.length > 0) await write();
  return progress;
}

/** Enrolls all of the templates in one transaction or, when it throws, none. */
export async function enrollAll(
  context: CollectionContext,
  templates: readonly NewTemplate[],
): Promise<EnrolledTemplate[]> {
  return writeBatch(
    context,
    templates.map((template) => check(context, template)),
  );
}

/** Enrolls one. */
export async function enrollOne(context: CollectionContext, template: NewTemplate): Promise<EnrolledTemplate> {
  const [enrolled] = await writeBatch(context, [check(context, template)]);
  if (enrolled === undefined) throw new InternalError("internal: a batch of one template gave none");
  return enrolled;
}

/**
 * Enrolls all of the templates, or none if it throws. A writer holds the lock of the collection's row, so that a
 * subject that is missing stays missing until it is inserted.
 */
async function writeBatch(
  context: CollectionContext,
  templates: readonly CheckedTemplate[],
): Promise<EnrolledTemplate[]> {
  return context.database.transaction(async (connection) => {
    const { collection, types, vault } = context;
    const next = await nextRevision(connection, collection.id);
    if (next === undefined) throw noCollection(collection.name);
    // Another process may have moved the collection to another model since it was opened.
    requireModel({ name: collection.name, model: next.model }, collection.model);
    const subjectIds = await enrollSubjects(connection, collection, new Set(templates.map(({ subject }) => subject)));
    const known = await enrolledBefore(connection, context, templates);
    const nextId = idSequence();
    const rows: TemplateRow[] = [];
    const thumbnails: { templateId: string; image: Uint8Array }[] = [];
    const enrolled = templates.map((template): EnrolledTemplate => {
      const { embedding, quality, source, sourceDigest, subject, thumbnail } = template;
      const subjectId = subjectIds.get(subject);
      if (subjectId === undefined) throw new InternalError("internal: a subject was not added before its templates");
      const before = source && known.get(source);
      if (before !== undefined) return { id: before, subject, subjectId, isNew: false };
      const id = nextId();
      if (source !== undefined) known.set(source, id);
      const sealed = vault?.seal(encodeVector(embedding), templateOwner(id)) ?? null;
      rows.push({ id, subjectId, embedding: sealed === null ? embedding : null, sealed, quality, sourceDigest });
      if (thumbnail !== undefined) {
        thumbnails.push({ templateId: id, image: vault?.seal(thumbnail, thumbnailOwner(id)) ?? thumbnail });
      }
      return { id, subject, subjectId, isNew: true };
    });
    if (rows.length === 0) return enrolled;
    await insertTemplates(connection, { ...collection, revision: next.revision }, rows);
    if (thumbnails.length > 0) await insertThumbnails(connection, types, thumbnails, vault !== undefined);
    await updateSumLengths(connection, [...new Set(rows.map(({ subjectId }) => subjectId))]);
    await addToTemplateCount(connection, collection.id, rows.length);
    const [only, ...others] = subjectIds.values();
    const subjectId = only !== undefined && others.length === 0 ? { subjectId: only } : {};
    const entry = { action: "enroll", collectionId: collection.id, ...subjectId, count: rows.length } as const;
    await insertAuditEntry(connection, context.actor, entry);
    return enrolled;
  });
}

type CheckedTemplate = Pick<TemplateRow, "quality" | "sourceDigest"> & {
  readonly subject: string;
  readonly embedding: Float32Array;
  readonly thumbnail: Uint8Array | undefined;
  /** Digest and subject as one text, if there is a digest. */
  readonly source: string | undefined;
};

function check({ collection }: CollectionContext, template: NewTemplate): CheckedTemplate {
  const what = `gallery '${collection.name}'`;
  const { embedding, model, quality, sourceDigest, thumbnail } = template;
  const subject = requireName(`${what}: subject`, template.subject);
  requireModel(collection, model);
  if (quality !== undefined) requireBetween(`${what}: quality`, quality, 0, 1);
  return {
    subject,
    embedding: toUnitLength(what, embedding, collection.size),
    quality: quality ?? null,
    sourceDigest: sourceDigest === undefined ? null : parseDigest(`${what}: sourceDigest`, sourceDigest),
    thumbnail,
    source: sourceDigest === undefined ? undefined : `${sourceDigest} ${subject}`,
  };
}

/** @throws {GalleryError} when the model is not the collection's. */
export function requireModel(collection: { readonly name: string; readonly model: string }, model: string): void {
  if (model === collection.model) return;
  throw new GalleryError(
    `gallery '${collection.name}' holds embeddings of model '${collection.model}', got one of '${model}': ` +
      "embed with the collection's model, or move the collection to the other by 'cosface gallery reembed'",
  );
}

/** Ids of the subjects by name; missing ones are added. */
async function enrollSubjects(
  connection: Connection,
  collection: CollectionContext["collection"],
  names: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const known = await selectSubjectIds(connection, collection.id, [...names]);
  const nextId = idSequence();
  const missing = [...names]
    .filter((name) => !known.has(name))
    .map((name) => ({ id: nextId(), name: requireNewName(`gallery '${collection.name}': subject`, name) }));
  if (missing.length === 0) return known;
  await insertSubjects(connection, collection.id, missing);
  for (const { id, name } of missing) known.set(name, id);
  return known;
}

/** The source of a template. */
export type TemplateSource = Required<Pick<NewTemplate, "subject" | "sourceDigest">>;

/** Whether each source is enrolled for its subject. */
export async function areEnrolled(
  { collection, database, types }: CollectionContext,
  sources: readonly TemplateSource[],
): Promise<boolean[]> {
  const what = `gallery '${collection.name}': sourceDigest`;
  const found = await selectEnrolledSources(database, types, collection.id, {
    names: sources.map(({ subject }) => requireName(`gallery '${collection.name}': subject`, subject)),
    digests: sources.map(({ sourceDigest }) => parseDigest(what, sourceDigest)),
  });
  const ordinals = new Set(found.map(({ ordinal }) => ordinal));
  return sources.map((_, index) => ordinals.has(index + 1));
}

/** Ids of the templates whose sources are enrolled already. */
async function enrolledBefore(
  connection: Connection,
  { types, collection }: CollectionContext,
  templates: readonly CheckedTemplate[],
): Promise<Map<string, string>> {
  const sources = templates.flatMap(({ source, sourceDigest, subject }) =>
    source === undefined || sourceDigest === null ? [] : [{ source, sourceDigest, subject }],
  );
  if (sources.length === 0) return new Map();
  const found = await selectEnrolledSources(connection, types, collection.id, {
    names: sources.map(({ subject }) => subject),
    digests: sources.map(({ sourceDigest }) => sourceDigest),
  });
  return new Map(
    found.flatMap(({ id, ordinal }) => {
      const source = sources[ordinal - 1]?.source;
      return source === undefined ? [] : [[source, id]];
    }),
  );
}
