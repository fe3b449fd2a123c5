/**
 * A collection's way to another model. Embeddings of two models cannot be compared and none can be turned into the other, so
 * each is made anew, from the picture that was kept of it. All of it is one transaction: until it ends, searches on a server
 * find by the old model, and enrollments wait; when it fails, nothing has changed.
 */
import { GalleryError, OptionError, requireBetween, requireInteger } from "../../base/core/index.ts";
import { requireName, toUnitLength } from "./checks.ts";
import { type CollectionContext, noCollection } from "./context.ts";
import { templateOwner, thumbnailOwner } from "./encryption.ts";
import { type Connection, encodeVector } from "./engines/index.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { addToTemplateCount, LARGEST_SIZE, nextRevision, selectCollection, updateModel } from "./sql/collections.ts";
import {
  deleteTemplates,
  type KeptPicture,
  selectKeptPictures,
  selectWithoutPicture,
  selectWithoutTemplates,
  updateEmbeddings,
} from "./sql/reembed.ts";
import { updateSumLengthsOf } from "./sql/sum-lengths.ts";
import { dropIndex } from "./sql/template-index.ts";
import { updateIndex } from "./update-index.ts";

/** What a collection is moved to, and how. */
export type Reembedding = {
  /** Id of the new model. */
  readonly model: string;
  /** Numbers in its embeddings, in [1, 4000]. */
  readonly size: number;
  /** Embeds pictures as they were enrolled, in their order; null for one that it finds no face on. */
  readonly embed: (pictures: readonly Uint8Array[]) => Promise<readonly (Float32Array | null)[]>;
  /** What becomes of templates without a picture that can be embedded; default "refuse", all stays as it is. */
  readonly withoutPicture?: "refuse" | "drop";
  /** Called with the number of templates done so far, and of all that have a picture. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** What became of a collection. */
export type ReembedResult = {
  readonly embeddedCount: number;
  readonly droppedCount: number;
  /** Names of the people who are left without a template by that, and have to be enrolled again. */
  readonly withoutTemplates: readonly string[];
};

/** Pictures in memory at once. */
const BATCH = 64;

/** Moves the collection to another model. */
export async function reembedCollection(context: CollectionContext, options: Reembedding): Promise<ReembedResult> {
  const { actor, collection, database } = context;
  const { model, size } = options;
  const what = `gallery '${collection.name}'`;
  requireName(`${what}: model`, model);
  requireInteger(`${what}: size`, size, 1);
  requireBetween(`${what}: size`, size, 1, LARGEST_SIZE);
  if (model === collection.model) throw new OptionError(`${what}: it is of model '${model}' already`);
  const { result, wasIndexed } = await database.transaction(async (connection) => {
    const next = await nextRevision(connection, collection.id);
    const current = next && (await selectCollection(connection, collection.name));
    if (next === undefined || current === undefined) throw noCollection(collection.name);
    if (current.isIndexed) await dropIndex(connection, collection.id);
    const unfit = (await selectWithoutPicture(connection, collection.id)).map(({ id }) => id);
    requireDrop(what, unfit.length, "have no picture", options);
    const pictureCount = current.templateCount - unfit.length;
    let done = 0;
    for (let after = ""; done < pictureCount; ) {
      const pictures = await selectKeptPictures(connection, collection.id, { after, limit: BATCH });
      if (pictures.length === 0) break;
      unfit.push(...(await embedPictures(connection, { ...context, revision: next.revision }, pictures, options)));
      after = pictures.at(-1)!.id;
      done += pictures.length;
      options.onProgress?.(done, pictureCount);
    }
    const emptied = await deleteTemplates(connection, unfit);
    const withoutTemplates = await selectWithoutTemplates(connection, emptied);
    await addToTemplateCount(connection, collection.id, -unfit.length);
    await updateModel(connection, collection.id, { model, size });
    await updateSumLengthsOf(connection, collection.id);
    const embeddedCount = current.templateCount - unfit.length;
    const entry = { action: "reembed", collectionId: collection.id, count: embeddedCount } as const;
    await insertAuditEntry(connection, actor, entry);
    return {
      wasIndexed: current.isIndexed,
      result: { embeddedCount, droppedCount: unfit.length, withoutTemplates },
    };
  });
  if (wasIndexed) await updateIndex({ ...context, collection: { ...collection, model, size } }, 0);
  return result;
}

/** Gives templates the embeddings of their pictures; ids of those whose picture gave none. */
async function embedPictures(
  connection: Connection,
  { collection, revision, types, vault }: CollectionContext & { readonly revision: number },
  pictures: readonly KeptPicture[],
  options: Reembedding,
): Promise<string[]> {
  const { model, size } = options;
  const images = pictures.map(({ id, image, isSealed }) => (isSealed ? vault!.open(image, thumbnailOwner(id)) : image));
  const embeddings = await options.embed(images);
  const what = `gallery '${collection.name}'`;
  if (embeddings.length !== pictures.length) {
    throw new OptionError(`${what}: embed: got ${embeddings.length} embeddings of ${pictures.length} pictures`);
  }
  const rows = pictures.flatMap(({ id }, i) => {
    const given = embeddings[i]!;
    if (given === null) return [];
    const embedding = toUnitLength(what, given, size);
    const sealed = vault?.seal(encodeVector(embedding), templateOwner(id)) ?? null;
    return [{ id, embedding: sealed === null ? embedding : null, sealed }];
  });
  const unfit = pictures.filter((_, i) => embeddings[i] === null).map(({ id }) => id);
  requireDrop(what, unfit.length, "have a picture without a face", options);
  await updateEmbeddings(connection, types, { model, revision }, rows);
  return unfit;
}

function requireDrop(what: string, count: number, why: string, { withoutPicture = "refuse" }: Reembedding): void {
  if (count === 0 || withoutPicture === "drop") return;
  throw new GalleryError(
    `${what}: ${count} templates ${why}, and need their people again: enroll those into a new collection, or give ` +
      "--drop-without-picture",
  );
}
