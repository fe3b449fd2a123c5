/** Merges two subjects that are one person: all templates of one move to the other, whose name and details remain. */
import { OptionError } from "../../base/core/index.ts";
import { requireName } from "./checks.ts";
import { type CollectionContext, noCollection, noSubject } from "./context.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { addToTemplateCount, nextRevision } from "./sql/collections.ts";
import { deleteSubject, moveTemplates, selectSubjectIds } from "./sql/subjects.ts";
import { updateSumLengths } from "./sql/sum-lengths.ts";
import { countTemplates } from "./sql/templates.ts";

/** The two subjects. */
export type Merge = {
  /** Name of the subject that is deleted. */
  readonly from: string;
  /** Name of the subject that remains. */
  readonly into: string;
};

/** Result of a merge. */
export type MergeResult = {
  readonly subjectId: string;
  readonly movedCount: number;
  /** Templates whose source both subjects had: the remaining subject keeps its own. */
  readonly droppedCount: number;
};

export async function mergeSubjects(context: CollectionContext, merge: Merge): Promise<MergeResult> {
  const { actor, collection, database } = context;
  const what = `gallery '${collection.name}'`;
  const from = requireName(`${what}: from`, merge.from);
  const into = requireName(`${what}: into`, merge.into);
  if (from === into) throw new OptionError(`${what}: got the same subject twice, expected two to merge`);
  return database.transaction(async (connection) => {
    const next = await nextRevision(connection, collection.id);
    if (next === undefined) throw noCollection(collection.name);
    const ids = await selectSubjectIds(connection, collection.id, [from, into]);
    const [source, target] = [ids.get(from), ids.get(into)];
    if (source === undefined || target === undefined) throw noSubject(collection.name);
    const movedCount = await moveTemplates(connection, { source, target, revision: next.revision });
    const droppedCount = await countTemplates(connection, source);
    await deleteSubject(connection, source);
    await updateSumLengths(connection, [target]);
    await addToTemplateCount(connection, collection.id, -droppedCount);
    await insertAuditEntry(connection, actor, {
      action: "merge-subjects",
      collectionId: collection.id,
      subjectId: target,
      count: movedCount,
    });
    return { subjectId: target, movedCount, droppedCount };
  });
}
