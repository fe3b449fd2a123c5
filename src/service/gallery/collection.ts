import { NotFoundError } from "../../base/core/index.ts";
import type { PeopleStore } from "../../faces/people/index.ts";
import { isUuid } from "./checks.ts";
import { type CollectionContext, noCollection } from "./context.ts";
import { type DeletionReceipt, deleteSubjectByName } from "./delete-subject.ts";
import { thumbnailOwner } from "./encryption.ts";
import {
  areEnrolled,
  type EnrolledTemplate,
  type EnrollManyOptions,
  type EnrollmentProgress,
  enrollMany,
  enrollOne,
  type NewTemplate,
  type TemplateSource,
} from "./enroll.ts";
import { exportCollection } from "./export.ts";
import { hex } from "./hex.ts";
import { type Merge, type MergeResult, mergeSubjects } from "./merge-subjects.ts";
import { CollectionPeople } from "./people.ts";
import { type Match, type Probe, type SearchOptions, search } from "./search.ts";
import { insertAuditEntry } from "./sql/audit.ts";
import { addToTemplateCount, type CollectionRow, nextRevision } from "./sql/collections.ts";
import { updateSumLengths } from "./sql/sum-lengths.ts";
import {
  deleteTemplate,
  selectOwner,
  selectTemplates,
  selectThumbnail,
  type TemplateSummary,
} from "./sql/templates.ts";
import {
  addSubject,
  changeSubject,
  findSubject,
  listSubjects,
  type Subject,
  type SubjectChanges,
  type SubjectDetails,
  type SubjectPage,
} from "./subjects.ts";
import { updateIndex } from "./update-index.ts";

/** What a collection is: a set of people whose embeddings are of one model. */
export type CollectionInfo = Omit<CollectionRow, "id">;

/** A template as it is listed: all of it but the embedding. */
export type Template = Omit<TemplateSummary, "sourceDigest"> & {
  /** SHA-256 of what was enrolled, in hexadecimal digits; null when none was given. */
  readonly sourceDigest: string | null;
};

/**
 * People and their templates, all of one model, so that every two embeddings can be compared. Each method that writes is
 * one transaction.
 */
export class Collection {
  readonly #context: CollectionContext;

  /** @internal */
  constructor(context: CollectionContext) {
    this.#context = context;
  }

  get name(): string {
    return this.#context.collection.name;
  }

  /** Id of the model that all embeddings are of. */
  get model(): string {
    return this.#context.collection.model;
  }

  /** Numbers in an embedding. */
  get size(): number {
    return this.#context.collection.size;
  }

  /** The collection as a store of people: `identify(photograph, collection.people)`. */
  get people(): PeopleStore {
    return new CollectionPeople(this.#context);
  }

  /**
   * Adds a template, and its subject when missing.
   *
   * @throws {GalleryError} when the embedding is of another model or size.
   */
  enroll(template: NewTemplate): Promise<EnrolledTemplate> {
    return enrollOne(this.#context, template);
  }

  /** Adds many templates, a transaction for each batch of them; what is enrolled already is skipped. */
  enrollMany(
    templates: Iterable<NewTemplate> | AsyncIterable<NewTemplate>,
    options?: EnrollManyOptions,
  ): Promise<EnrollmentProgress> {
    return enrollMany(this.#context, templates, options);
  }

  /**
   * Whether each of the sources has been enrolled for its subject already: a bulk enrollment that is started again need not
   * embed those.
   */
  areEnrolled(sources: readonly TemplateSource[]): Promise<boolean[]> {
    return areEnrolled(this.#context, sources);
  }

  /** The subjects most like the probe, highest score first. None above the caller's threshold means: unknown. */
  search(probe: Probe, options?: SearchOptions): Promise<Match[]> {
    return search(this.#context, probe, options);
  }

  /**
   * Builds the index of a collection that has grown large, or drops that of one that has become small, and tells whether
   * it has one. Worth calling after a bulk enrollment; it takes minutes, for which other queries wait in PGlite. A collection
   * that is opened afterwards searches by it, and may miss the nearest template once in some hundred searches.
   *
   * @param above templates above which there shall be one; default what was measured for the engine.
   */
  updateIndex(above?: number): Promise<boolean> {
    return updateIndex(this.#context, above);
  }

  /** This collection as JSON Lines: itself, its subjects, its templates, each with all there is. */
  export(): AsyncIterable<string> {
    return exportCollection(this.#context);
  }

  /** Adds a subject that has no template yet. @throws {ConflictError} when the name is taken. */
  addSubject(name: string, details: SubjectDetails = {}): Promise<Subject> {
    return addSubject(this.#context, name, details);
  }

  /** @throws {NotFoundError} when there is no subject of this name. */
  subject(name: string): Promise<Subject> {
    return findSubject(this.#context, name);
  }

  /** A page of the subjects, in the order of their names' code points. */
  subjects(page: SubjectPage = {}): Promise<Subject[]> {
    return listSubjects(this.#context, page);
  }

  /** Renames a subject or changes what is noted of it. @throws {NotFoundError | ConflictError} */
  changeSubject(name: string, changes: SubjectChanges): Promise<Subject> {
    return changeSubject(this.#context, name, changes);
  }

  /** Deletes a subject with all that is known of it, really. @throws {NotFoundError} */
  deleteSubject(name: string): Promise<DeletionReceipt> {
    return deleteSubjectByName(this.#context, name);
  }

  /** Makes one subject of two. @throws {NotFoundError} when one of them is missing. */
  mergeSubjects(merge: Merge): Promise<MergeResult> {
    return mergeSubjects(this.#context, merge);
  }

  /** A subject's templates, oldest first. @throws {NotFoundError} */
  async templates(subject: string): Promise<Template[]> {
    const { id } = await this.subject(subject);
    const rows = await selectTemplates(this.#context.database, id);
    return rows.map((row) => ({ ...row, sourceDigest: hex(row.sourceDigest) }));
  }

  /** Name of the subject whose template it is. @throws {NotFoundError} when there is no such template. */
  async ownerOf(templateId: string): Promise<string> {
    const { collection, database } = this.#context;
    const name = isUuid(templateId) ? await selectOwner(database, collection.id, templateId) : undefined;
    if (name === undefined) throw this.#noTemplate();
    return name;
  }

  /** A template's thumbnail, as it was given. @throws {NotFoundError} when there is no such template, or it has none. */
  async thumbnail(templateId: string): Promise<Uint8Array> {
    const { collection, database, vault } = this.#context;
    const found = isUuid(templateId) ? await selectThumbnail(database, collection.id, templateId) : undefined;
    if (found === undefined) throw this.#noTemplate("with a thumbnail ");
    return found.isSealed ? vault!.open(found.image, thumbnailOwner(templateId.toLowerCase())) : found.image;
  }

  /** Deletes one template; its subject stays. @throws {NotFoundError} */
  async deleteTemplate(templateId: string): Promise<void> {
    const { actor, collection, database } = this.#context;
    if (!isUuid(templateId)) throw this.#noTemplate();
    await database.transaction(async (connection) => {
      if ((await nextRevision(connection, collection.id)) === undefined) throw noCollection(collection.name);
      const subjectId = await deleteTemplate(connection, collection.id, templateId);
      if (subjectId === undefined) throw this.#noTemplate();
      await updateSumLengths(connection, [subjectId]);
      await addToTemplateCount(connection, collection.id, -1);
      const entry = { action: "delete-template", collectionId: collection.id, subjectId, count: 1 } as const;
      await insertAuditEntry(connection, actor, entry);
    });
  }

  #noTemplate(kind = ""): NotFoundError {
    return new NotFoundError(`gallery '${this.name}': there is no template ${kind}of this id`);
  }
}
