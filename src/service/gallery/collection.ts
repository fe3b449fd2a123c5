import { NotFoundError } from "../../base/core/index.ts";
import type { PeopleStore } from "../../faces/people/index.ts";
import { isUuid } from "./checks.ts";
import { type CollectionContext, noCollection } from "./context.ts";
import { type DeletionReceipt, deleteSubjectByName } from "./delete-subject.ts";
import { openSealed, thumbnailOwner } from "./encryption.ts";
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

/** The facts of a collection: a set of people whose embeddings come from one model. */
export type CollectionInfo = Omit<CollectionRow, "id">;

/** A template in a list: everything but the embedding. */
export type Template = Omit<TemplateSummary, "sourceDigest"> & {
  /** SHA-256 of the enrolled image, in hexadecimal digits; null if none was given. */
  readonly sourceDigest: string | null;
};

/**
 * People and their templates, all from one model, so that any two embeddings can be compared. Each method that writes
 * is one transaction.
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

  /** Id of the model of all embeddings. */
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
   * @throws {GalleryError} when the embedding has another model or size.
   */
  enroll(template: NewTemplate): Promise<EnrolledTemplate> {
    return enrollOne(this.#context, template);
  }

  /** Adds many templates, in a transaction for each batch; sources that are enrolled already are skipped. */
  enrollMany(
    templates: Iterable<NewTemplate> | AsyncIterable<NewTemplate>,
    options?: EnrollManyOptions,
  ): Promise<EnrollmentProgress> {
    return enrollMany(this.#context, templates, options);
  }

  /**
   * Whether each source is enrolled for its subject already: a bulk enrollment that is started again need not embed
   * those.
   */
  areEnrolled(sources: readonly TemplateSource[]): Promise<boolean[]> {
    return areEnrolled(this.#context, sources);
  }

  /**
   * The subjects most like the probe, highest score first. If none reaches the caller's threshold, the face is unknown.
   */
  search(probe: Probe, options?: SearchOptions): Promise<Match[]> {
    return search(this.#context, probe, options);
  }

  /**
   * Builds the index of a collection that has become large, or drops it if the collection has become small, and returns
   * whether there is one. Worth calling after a bulk enrollment; it takes minutes, during which other queries wait in
   * PGlite. A collection that is opened afterwards searches by the index, and may miss the nearest template once in
   * some hundred searches.
   *
   * @param above number of templates above which to build an index; default the number measured for the engine.
   */
  updateIndex(above?: number): Promise<boolean> {
    return updateIndex(this.#context, above);
  }

  /** This collection as JSON Lines: the collection, its subjects and its templates, complete. */
  export(): AsyncIterable<string> {
    return exportCollection(this.#context);
  }

  /** Adds a subject without a template. @throws {ConflictError} when the name is taken. */
  addSubject(name: string, details: SubjectDetails = {}): Promise<Subject> {
    return addSubject(this.#context, name, details);
  }

  /** @throws {NotFoundError} when no subject has this name. */
  subject(name: string): Promise<Subject> {
    return findSubject(this.#context, name);
  }

  /** A page of the subjects, in the order of their names' code points. */
  subjects(page: SubjectPage = {}): Promise<Subject[]> {
    return listSubjects(this.#context, page);
  }

  /** Renames a subject or changes its details. @throws {NotFoundError | ConflictError} */
  changeSubject(name: string, changes: SubjectChanges): Promise<Subject> {
    return changeSubject(this.#context, name, changes);
  }

  /** Deletes a subject with everything that is stored of it. @throws {NotFoundError} */
  deleteSubject(name: string): Promise<DeletionReceipt> {
    return deleteSubjectByName(this.#context, name);
  }

  /** Merges two subjects into one. @throws {NotFoundError} when one of them is missing. */
  mergeSubjects(merge: Merge): Promise<MergeResult> {
    return mergeSubjects(this.#context, merge);
  }

  /** A subject's templates, oldest first. @throws {NotFoundError} */
  async templates(subject: string): Promise<Template[]> {
    const { id } = await this.subject(subject);
    const rows = await selectTemplates(this.#context.database, id);
    return rows.map((row) => ({ ...row, sourceDigest: hex(row.sourceDigest) }));
  }

  /** Name of the subject that a template belongs to. @throws {NotFoundError} when there is no such template. */
  async ownerOf(templateId: string): Promise<string> {
    const { collection, database } = this.#context;
    const name = isUuid(templateId) ? await selectOwner(database, collection.id, templateId) : undefined;
    if (name === undefined) throw this.#noTemplate();
    return name;
  }

  /**
   * A template's thumbnail, as it was given.
   *
   * @throws {NotFoundError} when there is no such template, or no thumbnail.
   */
  async thumbnail(templateId: string): Promise<Uint8Array> {
    const { collection, database, vault } = this.#context;
    const found = isUuid(templateId) ? await selectThumbnail(database, collection.id, templateId) : undefined;
    if (found === undefined) throw this.#noTemplate("with a thumbnail ");
    if (!found.isSealed) return found.image;
    return openSealed(vault, found.image, thumbnailOwner(templateId.toLowerCase()));
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
    return new NotFoundError(`gallery '${this.name}': no template ${kind}has this id`);
  }
}
