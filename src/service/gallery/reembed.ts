/**
 * Moves a collection to another model. Embeddings of two models cannot be compared, and neither can be computed from
 * the other, so each is computed again from the image that was kept of it. It is one transaction: until it ends,
 * searches on a server use the old model, and enrollments wait; if it fails, nothing has changed.
 */
import { GalleryError, OptionError, requireBetween, requireInteger } from "../../base/core/index.ts";
import { requireName, toUnitLength } from "./checks.ts";
import { type CollectionContext, noCollection } from "./context.ts";
import { openSealed, templateOwner, thumbnailOwner } from "./encryption.ts";
import { type Connection, encodeVector } from "./engines/index.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { addToTemplateCount, LARGEST_SIZE, nextRevision, selectCollection, updateModel } from "./sql/collections.ts";
import {
  deleteTemplates,
  type KeptImage,
  selectKeptImages,
  selectWithoutImage,
  selectWithoutTemplates,
  updateEmbeddings,
} from "./sql/reembed.ts";
import { updateSumLengthsOf } from "./sql/sum-lengths.ts";
import { dropIndex } from "./sql/template-index.ts";
import { updateIndex } from "./update-index.ts";

/** The new model, and how to embed. */
export type Reembedding = {
  /** Id of the new model. */
  readonly model: string;
  /** Numbers in its embeddings, in [1, 4000]. */
  readonly size: number;
  /** Embeds images as people are enrolled, in their order; null for an image without a face. */
  readonly embed: (images: readonly Uint8Array[]) => Promise<readonly (Float32Array | null)[]>;
  /** What to do with templates that have no image with a face; default "refuse", which changes nothing. */
  readonly withoutPicture?: "refuse" | "drop";
  /** Called with the number of templates done so far, and of all that have an image. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** Result of moving a collection. */
export type ReembedResult = {
  readonly embeddedCount: number;
  readonly droppedCount: number;
  /** Names of the people who have no template left, and have to be enrolled again. */
  readonly withoutTemplates: readonly string[];
};

/** Images in memory at once. */
const BATCH = 64;

/** Moves the collection to another model. */
export async function reembedCollection(context: CollectionContext, options: Reembedding): Promise<ReembedResult> {
  const { actor, collection, database } = context;
  const { model, size } = options;
  const what = `gallery '${collection.name}'`;
  requireName(`${what}: model`, model);
  requireInteger(`${what}: size`, size, 1);
  requireBetween(`${what}: size`, size, 1, LARGEST_SIZE);
  if (model === collection.model) throw new OptionError(`${what}: it has model '${model}' already`);
  const { result, wasIndexed } = await database.transaction(async (connection) => {
    const next = await nextRevision(connection, collection.id);
    const current = next && (await selectCollection(connection, collection.name));
    if (next === undefined || current === undefined) throw noCollection(collection.name);
    if (current.isIndexed) await dropIndex(connection, collection.id);
    const unfit = (await selectWithoutImage(connection, collection.id)).map(({ id }) => id);
    requireDrop(what, unfit.length, "have no image", options);
    const imageCount = current.templateCount - unfit.length;
    let done = 0;
    for (let after = ""; done < imageCount; ) {
      const kept = await selectKeptImages(connection, collection.id, { after, limit: BATCH });
      const last = kept.at(-1);
      if (last === undefined) break;
      unfit.push(...(await embedImages(connection, { ...context, revision: next.revision }, kept, options)));
      after = last.id;
      done += kept.length;
      options.onProgress?.(done, imageCount);
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

/** Replaces embeddings by those of the kept images; returns the ids of templates whose image has no face. */
async function embedImages(
  connection: Connection,
  { collection, revision, types, vault }: CollectionContext & { readonly revision: number },
  kept: readonly KeptImage[],
  options: Reembedding,
): Promise<string[]> {
  const { model, size } = options;
  const images = kept.map(({ id, image, isSealed }) =>
    isSealed ? openSealed(vault, image, thumbnailOwner(id)) : image,
  );
  const embeddings = await options.embed(images);
  const what = `gallery '${collection.name}'`;
  if (embeddings.length !== kept.length) {
    throw new OptionError(`${what}: embed: got ${embeddings.length} embeddings of ${kept.length} images`);
  }
  const rows = kept.flatMap(({ id }, i) => {
    const given = embeddings[i] ?? null;
    if (given === null) return [];
    const embedding = toUnitLength(what, given, size);
    const sealed = vault?.seal(encodeVector(embedding), templateOwner(id)) ?? null;
    return [{ id, embedding: sealed === null ? embedding : null, sealed }];
  });
  const unfit = kept.filter((_, i) => (embeddings[i] ?? null) === null).map(({ id }) => id);
  requireDrop(what, unfit.length, "have an image without a face", options);
  await updateEmbeddings(connection, types, { model, revision }, rows);
  return unfit;
}

function requireDrop(what: string, count: number, why: string, { withoutPicture = "refuse" }: Reembedding): void {
  if (count === 0 || withoutPicture === "drop") return;
  throw new GalleryError(
    `${what}: ${count} templates ${why}, and need new photographs: enroll their people into a new collection, or give ` +
      "--drop-without-picture",
  );
}
