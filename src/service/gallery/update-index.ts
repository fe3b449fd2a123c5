/**
 * When an index pays. Comparing with every template is exact and needs nothing built, and up to some size it is as quick as
 * anyone needs; an index takes minutes to build and makes each later enrollment slower. docs/gallery.md has what was measured.
 */
import { requireInteger } from "../../base/core/index.ts";
import { type CollectionContext, noCollection } from "./context.ts";
import { selectCollection, setIndexed } from "./sql/collections.ts";
import { createIndex, dropIndex, indexedType } from "./sql/template-index.ts";

/** Templates above which a search follows an index, which was measured to take half the time from there on, in both engines. */
const INDEX_ABOVE = 10_000;

/** Builds or drops the collection's index as its size asks for, and tells whether it has one. */
export async function updateIndex(
  { collection: { name }, database, vault }: CollectionContext,
  above: number = INDEX_ABOVE,
): Promise<boolean> {
  requireInteger(`gallery '${name}': above`, above, 0);
  const collection = await selectCollection(database, name);
  if (collection === undefined) throw noCollection(name);
  const { id, isIndexed, size, templateCount } = collection;
  // The database cannot compare what it cannot read. And an index is kept until far fewer are left, lest it come and go.
  const isWanted = vault === undefined && templateCount > (isIndexed ? above / 2 : above);
  if (isWanted === isIndexed) return isIndexed;
  if (isWanted) {
    await createIndex(database, { id, type: indexedType(database.engine, size) });
    await setIndexed(database, id, true);
  } else {
    await setIndexed(database, id, false);
    await dropIndex(database, id);
  }
  return isWanted;
}
