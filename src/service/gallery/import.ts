/**
 * Creates a collection from the lines of {@link exportCollection}, in one transaction: a damaged file leaves nothing
 * behind.
 */
import { ConflictError, CosfaceError, GalleryError, jsonDepth, requireBetween } from "../../base/core/index.ts";
import {
  DEEPEST_METADATA,
  isUuid,
  LONGEST_CONSENT,
  parseDigest,
  requireMetadata,
  requireName,
  requireText,
  toUnitLength,
} from "./checks.ts";
import type { GalleryContext } from "./context.ts";
import { templateOwner, thumbnailOwner } from "./encryption.ts";
import { type Connection, encodeVector } from "./engines/index.ts";
import { EXPORT_VERSION, type ExportLine, type TemplateLine } from "./export.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import {
  addToTemplateCount,
  type CollectionRow,
  insertCollection,
  LARGEST_SIZE,
  nextRevision,
} from "./sql/collections.ts";
import { updateSumLengthsOf } from "./sql/sum-lengths.ts";
import { insertTemplates, insertThumbnails } from "./sql/templates.ts";
import { areTaken, type ExportedSubject, insertExportedSubjects, updateCreationTimes } from "./sql/transfer.ts";

/** Result of an import. */
export type ImportResult = {
  readonly collection: string;
  readonly subjectCount: number;
  readonly templateCount: number;
};

/** Rows inserted at once, and most characters of their thumbnails. */
const BATCH = 500;
const BATCH_CHARACTERS = 32 * 2 ** 20;

/** A subject's metadata, inside its line. */
const DEEPEST_LINE = DEEPEST_METADATA + 2;
/** Most characters of a line: a template with a photograph of 48 MB as its thumbnail. */
const LONGEST_LINE = 64 * 2 ** 20;

const UNIQUE_VIOLATION = "23505";
/** SQLSTATE classes of wrong data and exceeded limits. */
const WRONG_DATA = /^(?:22|23|54)/;

/** Creates the collection that the lines describe, under its own name or another. */
export async function importCollection(
  context: GalleryContext,
  lines: Iterable<string> | AsyncIterable<string>,
  name?: string,
): Promise<ImportResult> {
  try {
    return await importLines(context, lines, name);
  } catch (cause) {
    const code = (cause as { readonly code?: string }).code ?? "";
    if (cause instanceof CosfaceError || !WRONG_DATA.test(code)) throw cause;
    // Without the database's message, which quotes the data.
    const what =
      code === UNIQUE_VIOLATION
        ? "two lines have the same id, name, or source of one person"
        : "a line holds a value that the database cannot store";
    throw new GalleryError(`import: ${what}`, { cause });
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
        const parts = readCollection(line, number);
        writer = await ImportWriter.create(context, connection, { ...parts, name: name ?? parts.name });
      } else if ("subject" in line) await writer.addSubject(readSubject(line.subject, number));
      else if ("template" in line) await writer.addTemplate(line.template, number);
      else throw wrongLine(number, "expected a subject or a template");
    }
    if (writer === undefined) throw wrongLine(1, "got an empty export, expected a collection");
    return writer.finish();
  });
}

type CollectionParts = { readonly name: string; readonly model: string; readonly size: number };

/** Collects rows and inserts them in batches, subjects before the templates that refer to them. */
class ImportWriter {
  readonly #context: GalleryContext;
  readonly #connection: Connection;
  readonly #collection: CollectionRow;
  readonly #revision: number;
  readonly #subjectIds = new Set<string>();
  /** Names so far: two forms of one name, which Unicode composes, are two people until somebody merges them. */
  readonly #names = new Set<string>();
  #subjects: ExportedSubject[] = [];
  #templates: CheckedTemplate[] = [];
  #characters = 0;
  #subjectCount = 0;
  #templateCount = 0;

  private constructor(context: GalleryContext, connection: Connection, collection: CollectionRow, revision: number) {
    this.#context = context;
    this.#connection = connection;
    this.#collection = collection;
    this.#revision = revision;
  }

  static async create(context: GalleryContext, connection: Connection, given: CollectionParts): Promise<ImportWriter> {
    const parts = { ...given, name: requireName("import: collection", given.name) };
    const collection = await insertCollection(connection, parts);
    const next = collection && (await nextRevision(connection, collection.id));
    if (collection === undefined || next === undefined) {
      throw new ConflictError(`import: there is a collection '${parts.name}' already: give another name`);
    }
    return new ImportWriter(context, connection, collection, next.revision);
  }

  async addSubject(subject: ExportedSubject): Promise<void> {
    const isTaken = this.#names.has(subject.name);
    const name = isTaken ? `${subject.name.slice(0, 240)} (${subject.id.slice(0, 8)})` : subject.name;
    this.#names.add(name);
    this.#subjectIds.add(subject.id);
    this.#subjects.push({ ...subject, name });
    if (this.#subjects.length >= BATCH) await this.#writeSubjects();
  }

  async addTemplate(line: TemplateLine, number: number): Promise<void> {
    const template = readTemplate(line, number, this.#collection.size);
    if (!this.#subjectIds.has(template.subjectId)) throw wrongLine(number, "expected its subject on a line before");
    this.#templates.push(template);
    this.#characters += template.thumbnail?.length ?? 0;
    if (this.#templates.length >= BATCH || this.#characters >= BATCH_CHARACTERS) await this.#writeTemplates();
  }

  async finish(): Promise<ImportResult> {
    await this.#writeTemplates();
    const { id, name } = this.#collection;
    await addToTemplateCount(this.#connection, id, this.#templateCount);
    await updateSumLengthsOf(this.#connection, id);
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
    const templates = this.#templates;
    this.#templates = [];
    this.#characters = 0;
    const { types, vault } = this.#context;
    const ids = templates.map(({ id }) => id);
    if (await areTaken(this.#connection, "templates", ids)) throw taken();
    const rows = templates.map(({ id, subjectId, embedding, quality, sourceDigest }) => ({
      id,
      subjectId,
      embedding: vault === undefined ? embedding : null,
      sealed: vault?.seal(encodeVector(embedding), templateOwner(id)) ?? null,
      quality,
      sourceDigest,
    }));
    await insertTemplates(this.#connection, { ...this.#collection, revision: this.#revision }, rows);
    await updateCreationTimes(this.#connection, templates);
    const thumbnails = templates.flatMap(({ id, thumbnail }) =>
      thumbnail === null ? [] : [{ templateId: id, image: vault?.seal(thumbnail, thumbnailOwner(id)) ?? thumbnail }],
    );
    await insertThumbnails(this.#connection, types, thumbnails, vault !== undefined);
    this.#templateCount += rows.length;
  }
}

function readCollection(line: ExportLine, number: number): CollectionParts {
  if (!("collection" in line)) throw wrongLine(number, "expected the collection first");
  const { collection } = line;
  if (typeof collection !== "object" || collection === null) throw wrongLine(number, "expected a collection");
  const { model, name, size, version } = collection;
  if (version !== EXPORT_VERSION) {
    const got = typeof version === "number" ? version : typeof version;
    throw wrongLine(number, `got version ${got}, expected ${EXPORT_VERSION}`);
  }
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_SIZE) {
    throw wrongLine(number, `expected a size from 1 to ${LARGEST_SIZE}`);
  }
  return { name, size, model: requireName(`import: line ${number}: model`, model) };
}

function readSubject(subject: ExportedSubject, number: number): ExportedSubject {
  if (typeof subject !== "object" || subject === null) throw wrongLine(number, "expected a subject");
  const { consent, createdAt, expiresAt, id, metadata } = subject;
  if (!isUuid(id) || !isTime(createdAt) || !(expiresAt === null || isTime(expiresAt))) {
    throw wrongLine(number, "expected a subject with an id and times");
  }
  if (consent !== null) requireText(`import: line ${number}: consent`, consent, LONGEST_CONSENT);
  requireMetadata(`import: line ${number}: metadata`, metadata);
  const name = requireName(`import: line ${number}: subject`, subject.name);
  return { id: id.toLowerCase(), name, consent, createdAt, expiresAt, metadata };
}

type CheckedTemplate = {
  readonly id: string;
  readonly subjectId: string;
  readonly embedding: Float32Array;
  readonly quality: number | null;
  readonly sourceDigest: Uint8Array | null;
  readonly thumbnail: Buffer | null;
  readonly createdAt: string;
};

function readTemplate(template: TemplateLine, number: number, size: number): CheckedTemplate {
  if (typeof template !== "object" || template === null) throw wrongLine(number, "expected a template");
  const { createdAt, embedding: text, id, quality, sourceDigest, subjectId, thumbnail } = template;
  if (!isUuid(id) || !isUuid(subjectId) || !isTime(createdAt)) {
    throw wrongLine(number, "expected a template with ids and a time");
  }
  const numbers = fromBase64(text);
  if (numbers === undefined || numbers.length % 4 !== 0) throw wrongLine(number, "expected an embedding in base64");
  if (quality !== null) requireBetween(`import: line ${number}: quality`, quality, 0, 1);
  const image = thumbnail === null ? null : fromBase64(thumbnail);
  if (image === undefined) throw wrongLine(number, "expected a thumbnail in base64, or null");
  return {
    id: id.toLowerCase(),
    subjectId: subjectId.toLowerCase(),
    // In its own memory, where the numbers are aligned.
    embedding: toUnitLength(`import: line ${number}`, new Float32Array(new Uint8Array(numbers).buffer), size),
    quality,
    sourceDigest: sourceDigest === null ? null : parseDigest(`import: line ${number}: sourceDigest`, sourceDigest),
    thumbnail: image,
    createdAt,
  };
}

/** Undefined for values that are not base64. */
function fromBase64(text: unknown): Buffer | undefined {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Buffer.from(text, "base64");
}

function parse(text: string, number: number): ExportLine {
  if (text.length > LONGEST_LINE) throw wrongLine(number, `got more than ${LONGEST_LINE} characters`);
  if (jsonDepth(text, DEEPEST_LINE) > DEEPEST_LINE) {
    throw wrongLine(number, `got JSON nested deeper than ${DEEPEST_LINE}`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as ExportLine;
  } catch {
    // The parser's message quotes the text, which is somebody's data.
  }
  throw wrongLine(number, "expected a JSON object");
}

/** A time as an export writes it: PostgreSQL's ISO 8601, with microseconds and an offset, within its years. */
function isTime(text: unknown): boolean {
  if (typeof text !== "string") return false;
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d(?::\d\d)?)$/.test(text) &&
    !Number.isNaN(Date.parse(pad(text)))
  );
}

/** "+00" → "+00:00", which JavaScript reads. */
const pad = (text: string) => text.replace(/([+-]\d\d)$/, "$1:00");

function wrongLine(number: number, what: string): GalleryError {
  return new GalleryError(`import: line ${number}: ${what}`);
}

function taken(): ConflictError {
  return new ConflictError("import: the gallery has these people already: delete their collection first");
}
