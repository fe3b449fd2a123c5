/** People of a collection, with the details of each: consent, expiry, and metadata of the owner. */
import { ConflictError, requireInteger } from "../../base/core/index.ts";
import { LONGEST_CONSENT, requireDate, requireMetadata, requireName, requireNewName, requireText } from "./checks.ts";
import { type CollectionContext, noCollection, noSubject } from "./context.ts";
import { idSequence } from "./ids.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { nextRevision } from "./sql/collections.ts";
import {
  insertSubjects,
  type SubjectRow,
  selectSubject,
  selectSubjectIds,
  selectSubjects,
  updateSubject,
} from "./sql/subjects.ts";

/** A person of a collection. */
export type Subject = SubjectRow;

/** Details of a person; null removes one. */
export type SubjectDetails = {
  /** What the person agreed to, when and how; at most 4096 characters. */
  readonly consent?: string | null;
  /** When the person expires: from then on no search finds them, and they are deleted. */
  readonly expiresAt?: Date | null;
  /** Anything else, as a JSON object of at most 64 kB, nested at most 32 deep. It replaces the stored one. */
  readonly metadata?: Readonly<Record<string, unknown>>;
};

/** A page of a long list. */
export type SubjectPage = {
  /** Name of the last subject of the page before; default none. */
  readonly after?: string;
  /** Most subjects in the page, up to 1000; default 100. */
  readonly limit?: number;
};

const LARGEST_PAGE = 1000;

/** @throws {ConflictError} when the name is taken. */
export async function addSubject(
  { actor, database, collection }: CollectionContext,
  given: string,
  details: SubjectDetails,
): Promise<Subject> {
  const what = `gallery '${collection.name}'`;
  const name = requireNewName(`${what}: subject`, given);
  requireDetails(what, details);
  await database.transaction(async (connection) => {
    if ((await nextRevision(connection, collection.id)) === undefined) throw noCollection(collection.name);
    if ((await selectSubjectIds(connection, collection.id, [name])).size > 0) throw nameTaken(what);
    const id = idSequence()();
    await insertSubjects(connection, collection.id, [{ id, name }]);
    await updateSubject(connection, id, details);
    const entry = { action: "add-subject", collectionId: collection.id, subjectId: id, count: 1 } as const;
    await insertAuditEntry(connection, actor, entry);
  });
  return findSubject({ database, collection }, name);
}

/** @throws {NotFoundError} when no subject has this name. */
export async function findSubject(
  { database, collection }: Pick<CollectionContext, "database" | "collection">,
  name: string,
): Promise<Subject> {
  const composed = requireName(`gallery '${collection.name}': subject`, name);
  const subject = await selectSubject(database, collection.id, composed);
  if (subject === undefined) throw noSubject(collection.name);
  return subject;
}

/** Subjects in the order of their names' code points. */
export async function listSubjects(
  { database, collection }: CollectionContext,
  { after = "", limit = 100 }: SubjectPage,
): Promise<Subject[]> {
  const what = `gallery '${collection.name}'`;
  const composed = after === "" ? "" : requireName(`${what}: after`, after);
  requireInteger(`${what}: limit`, limit, 1);
  return selectSubjects(database, collection.id, { after: composed, limit: Math.min(limit, LARGEST_PAGE) });
}

/** Changes to a person. */
export type SubjectChanges = SubjectDetails & {
  /** A new name. */
  readonly name?: string;
};

/**
 * @throws {NotFoundError} when no subject has this name.
 * @throws {ConflictError} when the new name is taken.
 */
export async function changeSubject(context: CollectionContext, name: string, given: SubjectChanges): Promise<Subject> {
  const what = `gallery '${context.collection.name}'`;
  const renamed = given.name === undefined ? undefined : requireNewName(`${what}: new name`, given.name);
  const changes = renamed === undefined ? given : { ...given, name: renamed };
  requireDetails(what, changes);
  const { id } = await findSubject(context, name);
  try {
    await context.database.transaction(async (connection) => {
      await nextRevision(connection, context.collection.id);
      await updateSubject(connection, id, changes);
      const entry = { action: "change-subject", collectionId: context.collection.id, subjectId: id, count: 1 } as const;
      await insertAuditEntry(connection, context.actor, entry);
    });
  } catch (error) {
    if ((error as { readonly code?: string }).code === UNIQUE_VIOLATION) throw nameTaken(what);
    throw error;
  }
  return findSubject(context, changes.name ?? name);
}

const UNIQUE_VIOLATION = "23505";

function nameTaken(what: string): ConflictError {
  return new ConflictError(`${what}: there is a subject of this name already: merge the two, or choose another name`);
}

function requireDetails(what: string, { consent, expiresAt, metadata }: SubjectDetails): void {
  if (typeof consent === "string") requireText(`${what}: consent`, consent, LONGEST_CONSENT);
  if (metadata !== undefined) requireMetadata(`${what}: metadata`, metadata);
  if (expiresAt !== undefined && expiresAt !== null) requireDate(`${what}: expiresAt`, expiresAt);
}
