/**
 * A collection as JSON Lines, complete: an import gives what was exported, bit by bit, with ids and times. The first
 * line is the collection, then come lines of subjects, then lines of templates. Embeddings are base64 of little-endian
 * f32. An export is not encrypted, even if the gallery is: store it with care.
 */
import type { CollectionContext } from "./context.ts";
import { openEmbedding, openSealed, thumbnailOwner } from "./encryption.ts";
import { hex } from "./hex.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import {
  type ExportedSubject,
  type ExportedTemplate,
  type IdPage,
  selectSubjectsToExport,
  selectTemplatesToExport,
} from "./sql/transfer.ts";

/** Version of the lines' format. */
export const EXPORT_VERSION = 1;

/** A line of an export. */
export type ExportLine =
  | {
      readonly collection: {
        readonly version: number;
        readonly name: string;
        readonly model: string;
        readonly size: number;
      };
    }
  | { readonly subject: ExportedSubject }
  | { readonly template: TemplateLine };

/** A template in an export; bytes are base64. */
export type TemplateLine = {
  readonly id: string;
  readonly subjectId: string;
  readonly embedding: string;
  readonly quality: number | null;
  readonly sourceDigest: string | null;
  readonly thumbnail: string | null;
  readonly createdAt: string;
};

const PAGE = 500;

/**
 * Yields lines without terminators. Templates that are enrolled meanwhile may be missing; every exported template's
 * subject is included.
 */
export async function* exportCollection(context: CollectionContext): AsyncGenerator<string> {
  const { actor, collection, database } = context;
  const { id, model, name, size } = collection;
  await insertAuditEntry(database, actor, { action: "export", collectionId: id, count: collection.templateCount });
  yield line({ collection: { version: EXPORT_VERSION, name, model, size } });
  const subjectIds = new Set<string>();
  for await (const subject of pages((page) => selectSubjectsToExport(database, id, page))) {
    subjectIds.add(subject.id);
    yield line({ subject });
  }
  for await (const template of pages((page) => selectTemplatesToExport(database, id, page))) {
    if (subjectIds.has(template.subjectId)) yield line({ template: describe(context, template) });
  }
}

async function* pages<Row extends { readonly id: string }>(select: (page: IdPage) => Promise<Row[]>) {
  for (let after = ""; ; ) {
    const rows = await select({ after, limit: PAGE });
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < PAGE || last === undefined) return;
    after = last.id;
  }
}

function describe({ vault }: CollectionContext, template: ExportedTemplate): TemplateLine {
  const { createdAt, id, isThumbnailSealed, quality, sourceDigest, subjectId, thumbnail } = template;
  const image = isThumbnailSealed === true ? openSealed(vault, thumbnail, thumbnailOwner(id)) : thumbnail;
  const embedding = openEmbedding(vault, template);
  return {
    id,
    subjectId,
    embedding: Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength).toString("base64"),
    quality,
    sourceDigest: hex(sourceDigest),
    thumbnail: image === null ? null : Buffer.from(image).toString("base64"),
    createdAt,
  };
}

function line(value: ExportLine): string {
  return JSON.stringify(value);
}
