/** Retention: expired people are deleted, each in their own transaction, with a receipt. */
import type { GalleryContext } from "./context.ts";
import { type DeletionReceipt, removeSubject } from "./delete-subject.ts";
import { nextRevision } from "./sql/collections.ts";
import { isExpired, selectExpired } from "./sql/subjects.ts";

const BATCH = 100;

/** Deletes all subjects that have expired, in all collections. */
export async function deleteExpired(context: GalleryContext): Promise<DeletionReceipt[]> {
  const receipts: DeletionReceipt[] = [];
  for (;;) {
    const expired = await selectExpired(context.database, BATCH);
    if (expired.length === 0) return receipts;
    for (const { id, collection: name, collectionId } of expired) {
      const receipt = await context.database.transaction(async (connection) => {
        await nextRevision(connection, collectionId);
        // Someone may have deleted the subject meanwhile, or changed its expiry.
        if (!(await isExpired(connection, id))) return undefined;
        return removeSubject(connection, { actor: context.actor, collection: { id: collectionId, name } }, id);
      });
      if (receipt !== undefined) receipts.push(receipt);
    }
  }
}
