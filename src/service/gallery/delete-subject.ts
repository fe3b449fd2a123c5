/**
 * Deletion with proof. One transaction deletes a person with everything that is stored of them: name, details,
 * embeddings, thumbnails. A receipt of random ids and counts remains, with its digest in the audit trail: its holder
 * can prove that the deletion happened, and nobody can learn from it who the person was.
 */

import { createHash } from "node:crypto";
import { requireFields } from "../../base/core/index.ts";
import { requireName } from "./checks.ts";
import { type CollectionContext, noCollection, noSubject } from "./context.ts";
import type { Connection } from "./engines/index.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { addToTemplateCount, nextRevision } from "./sql/collections.ts";
import { deleteSubject, selectSubjectIds, selectTemplatesToDelete } from "./sql/subjects.ts";

/** Receipt of a deletion. */
export type DeletionReceipt = {
  readonly collection: string;
  readonly subjectId: string;
  /** Ids of the templates, sorted. */
  readonly templateIds: readonly string[];
  readonly thumbnailCount: number;
  readonly deletedAt: Date;
  /** SHA-256 of the receipt's other fields, as {@link receiptDigest} computes it; the audit trail holds the same. */
  readonly digest: string;
};

/** SHA-256, in hexadecimal digits, of the receipt as JSON, in the order of its fields. */
export function receiptDigest(receipt: Omit<DeletionReceipt, "digest">): string {
  requireFields("receipt", receipt, { collection: "a text", templateIds: "a list", thumbnailCount: "a number" });
  const { collection, subjectId, templateIds, thumbnailCount, deletedAt } = receipt;
  const text = JSON.stringify({ collection, subjectId, templateIds, thumbnailCount, deletedAt });
  return createHash("sha256").update(text).digest("hex");
}

/** Deletes the subject of this name. */
export async function deleteSubjectByName(context: CollectionContext, given: string): Promise<DeletionReceipt> {
  const { collection, database } = context;
  const name = requireName(`gallery '${collection.name}': subject`, given);
  return database.transaction(async (connection) => {
    if ((await nextRevision(connection, collection.id)) === undefined) throw noCollection(collection.name);
    const id = (await selectSubjectIds(connection, collection.id, [name])).get(name);
    if (id === undefined) throw noSubject(collection.name);
    return removeSubject(connection, context, id);
  });
}

/** Deletes a subject within a transaction that holds the collection's lock. */
export async function removeSubject(
  connection: Connection,
  { actor, collection }: { readonly actor: string | undefined; readonly collection: { id: number; name: string } },
  subjectId: string,
): Promise<DeletionReceipt> {
  const templates = await selectTemplatesToDelete(connection, subjectId);
  const facts = {
    collection: collection.name,
    subjectId,
    templateIds: templates.map(({ id }) => id),
    thumbnailCount: templates.filter(({ hasThumbnail }) => hasThumbnail).length,
    deletedAt: new Date(),
  };
  const digest = receiptDigest(facts);
  await deleteSubject(connection, subjectId);
  await addToTemplateCount(connection, collection.id, -templates.length);
  await insertAuditEntry(connection, actor, {
    action: "delete-subject",
    collectionId: collection.id,
    subjectId,
    count: templates.length,
    digest: Buffer.from(digest, "hex"),
  });
  return { ...facts, digest };
}
