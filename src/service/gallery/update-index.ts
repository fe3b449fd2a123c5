/**
 * Decides whether a collection needs an index. Comparing with every template is exact and fast enough up to some size;
 * an index takes minutes to build and slows each later enrollment. docs/gallery.md has the measurements.
 */
import { requireInteger } from "../../base/core/index.ts";
import { type CollectionContext, noCollection } from "./context.ts";
import { selectCollection, setIndexed } from "./sql/collections.ts";
import { createIndex, dropIndex, indexedType } from "./sql/template-index.ts";

/** Number of templates above which an index halves the time of a search, measured in both engines. */
const INDEX_ABOVE = 10_000;

/** Builds or drops the collection's index depending on its size, and returns whether it has one. */
export async function updateIndex(
  { collection: { name }, database, vault }: CollectionContext,
  above: number = INDEX_ABOVE,
): Promise<boolean> {
  requireInteger(`gallery '${name}': above`, above, 0);
  const collection = await selectCollection(database, name);
  if (collection === undefined) throw noCollection(name);
  const { id, isIndexed, size, templateCount } = collection;
  // The database cannot compare sealed templates. An index is kept until far fewer are left, so that it does not come
  // and go.
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
