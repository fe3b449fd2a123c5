/** The way back from {@link exportCollection}'s lines, in one transaction: a broken file leaves nothing behind. */
import { ConflictError, GalleryError, jsonDepth } from "../../base/core/index.ts";
import { DEEPEST_METADATA, isUuid, parseDigest, requireMetadata, requireName, toUnitLength } from "./checks.ts";
import type { GalleryContext } from "./context.ts";
import { templateOwner, thumbnailOwner } from "./encryption.ts";
import { type Connection, encodeVector } from "./engines/index.ts";
import { EXPORT_VERSION, type ExportLine, type TemplateLine } from "./export.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { addToTemplateCount, type CollectionRow, insertCollection, nextRevision } from "./sql/collections.ts";
import { updateSumLengthsOf } from "./sql/sum-lengths.ts";
import { insertTemplates, insertThumbnails } from "./sql/templates.ts";
import { areTaken, type ExportedSubject, insertExportedSubjects, updateCreationTimes } from "./sql/transfer.ts";

/** What was imported. */
export type ImportResult = {
  readonly collection: string;
  readonly subjectCount: number;
  readonly templateCount: number;
};

const BATCH = 500;

/** The metadata of a subject, in its line. */
const DEEPEST_LINE = DEEPEST_METADATA + 2;

const UNIQUE_VIOLATION = "23505";

/** Makes the collection that the lines describe, under its own name or another. */
export async function importCollection(
  context: GalleryContext,
  lines: Iterable<string> | AsyncIterable<string>,
  name?: string,
): Promise<ImportResult> {
  try {
    return await importLines(context, lines, name);
  } catch (cause) {
    if ((cause as { readonly code?: string }).code !== UNIQUE_VIOLATION) throw cause;
    throw new GalleryError("import: an id, a name or a source of one person stands on two lines", { cause });
  }
}

function importLines(
  context: GalleryContext,
  lines: Iterable<string> | AsyncIterable<string>,
  name: string | undefined,
): Promise<ImportResult> {
  return context.database.transaction(async (connection) => {
    let writer: ImportWriter | undefined;
    let number = 0;
    for await (const text of lines) {
      number++;
      if (text === "") continue;
      const line = parse(text, number);
      if (writer === undefined) {
        if (!("collection" in line)) throw wrongLine(1, "expected the collection first");
        const { model, size, version } = line.collection;
        if (version !== EXPORT_VERSION) throw wrongLine(1, `got version ${version}, expected ${EXPORT_VERSION}`);
        writer = await ImportWriter.create(context, connection, { name: name ?? line.collection.name, model, size });
      } else if ("subject" in line) await writer.addSubject(line.subject, number);
      else if ("template" in line) await writer.addTemplate(line.template, number);
      else throw wrongLine(number, "expected a subject or a template");
    }
    if (writer === undefined) throw wrongLine(1, "got an empty export, expected a collection");
    return writer.finish();
  });
}

/** Collects rows and writes them in batches, subjects before the templates that refer to them. */
class ImportWriter {
  readonly #context: GalleryContext;
  readonly #connection: Connection;
  readonly #collection: CollectionRow;
  readonly #revision: number;
  readonly #subjectIds = new Set<string>();
  #subjects: ExportedSubject[] = [];
  #templates: TemplateLine[] = [];
  #subjectCount = 0;
  #templateCount = 0;

  private constructor(context: GalleryContext, connection: Connection, collection: CollectionRow, revision: number) {
    this.#context = context;
    this.#connection = connection;
    this.#collection = collection;
    this.#revision = revision;
  }

  static async create(
    context: GalleryContext,
    connection: Connection,
    parts: { readonly name: string; readonly model: string; readonly size: number },
  ): Promise<ImportWriter> {
    requireName("import: collection", parts.name);
    requireName("import: model", parts.model);
    const collection = await insertCollection(connection, parts);
    if (collection === undefined) {
      throw new ConflictError(`import: there is a collection '${parts.name}' already: give another name`);
    }
    return new ImportWriter(context, connection, collection, (await nextRevision(connection, collection.id))!.revision);
  }

  async addSubject(subject: ExportedSubject, number: number): Promise<void> {
    const isWhole =
      isUuid(subject.id) && isTime(subject.createdAt) && (subject.expiresAt === null || isTime(subject.expiresAt));
    if (!isWhole) throw wrongLine(number, "expected a subject with an id and times");
    this.#subjectIds.add(subject.id);
    requireName(`import: line ${number}: subject`, subject.name);
    requireMetadata(`import: line ${number}: metadata`, subject.metadata);
    this.#subjects.push(subject);
    if (this.#subjects.length >= BATCH) await this.#writeSubjects();
  }

  async addTemplate(template: TemplateLine, number: number): Promise<void> {
    const isWhole = isUuid(template.id) && typeof template.embedding === "string" && isTime(template.createdAt);
    if (!isWhole) throw wrongLine(number, "expected a template with id, embedding and time");
    if (!this.#subjectIds.has(template.subjectId)) throw wrongLine(number, "expected its subject on a line before");
    this.#templates.push(template);
    if (this.#templates.length >= BATCH) await this.#writeTemplates();
  }

  async finish(): Promise<ImportResult> {
    await this.#writeTemplates();
    const { id, name } = this.#collection;
    await updateSumLengthsOf(this.#connection, id);
    await addToTemplateCount(this.#connection, id, this.#templateCount);
    const entry = { action: "import", collectionId: id, count: this.#templateCount } as const;
    await insertAuditEntry(this.#connection, this.#context.actor, entry);
    return { collection: name, subjectCount: this.#subjectCount, templateCount: this.#templateCount };
  }

  async #writeSubjects(): Promise<void> {
    const rows = this.#subjects;
    this.#subjects = [];
    const ids = rows.map(({ id }) => id);
    if (await areTaken(this.#connection, "subjects", ids)) throw taken();
    await insertExportedSubjects(this.#connection, this.#collection.id, rows);
    this.#subjectCount += rows.length;
  }

  async #writeTemplates(): Promise<void> {
    await this.#writeSubjects();
    const lines = this.#templates;
    this.#templates = [];
    const { types, vault } = this.#context;
    const ids = lines.map(({ id }) => id);
    if (await areTaken(this.#connection, "templates", ids)) throw taken();
    const rows = lines.map(({ id, subjectId, embedding: text, quality, sourceDigest }) => {
      const embedding = toUnitLength("import", parseEmbedding(text), this.#collection.size);
      return {
        id,
        subjectId,
        embedding: vault === undefined ? embedding : null,
        sealed: vault?.seal(encodeVector(embedding), templateOwner(id)) ?? null,
        quality,
        sourceDigest: sourceDigest === null ? null : parseDigest("import: sourceDigest", sourceDigest),
      };
    });
    await insertTemplates(this.#connection, { ...this.#collection, revision: this.#revision }, rows);
    await updateCreationTimes(this.#connection, lines);
    const thumbnails = lines.flatMap(({ id, thumbnail }) => {
      if (thumbnail === null) return [];
      const image = Buffer.from(thumbnail, "base64");
      return [{ templateId: id, image: vault?.seal(image, thumbnailOwner(id)) ?? image }];
    });
    await insertThumbnails(this.#connection, types, thumbnails, vault !== undefined);
    this.#templateCount += rows.length;
  }
}

/** Most characters of a line: a template with a photograph of 48 MB as its thumbnail. */
export const LONGEST_LINE = 64 * 2 ** 20;

function parse(text: string, number: number): ExportLine {
  if (text.length > LONGEST_LINE) throw wrongLine(number, `got more than ${LONGEST_LINE} characters`);
  if (jsonDepth(text, DEEPEST_LINE) > DEEPEST_LINE)
    throw wrongLine(number, `got JSON nested deeper than ${DEEPEST_LINE}`);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as ExportLine;
  } catch {
    // The parser's message quotes the text, which is someone's data.
  }
  throw wrongLine(number, "expected a JSON object");
}

/** Base64 of little-endian f32 numbers, in memory of its own, where they are aligned. */
function parseEmbedding(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length - (bytes.length % 4)));
}

function isTime(text: string): boolean {
  return typeof text === "string" && !Number.isNaN(Date.parse(text));
}

function wrongLine(number: number, what: string): GalleryError {
  return new GalleryError(`import: line ${number}: ${what}`);
}

function taken(): ConflictError {
  return new ConflictError("import: the gallery has these people already: delete their collection first");
}
