import { requireInteger } from "../../base/core/index.ts";
import {
  type IdentifyOptions,
  isNegative,
  type NewFace,
  type PeopleStore,
  type PersonIdentification,
  type PhotographSource,
} from "../../faces/people/index.ts";
import { requireNewName, toUnitLength } from "./checks.ts";
import type { CollectionContext } from "./context.ts";
import { areEnrolled, type EnrolledTemplate, enrollAll } from "./enroll.ts";
import { search } from "./search.ts";

/** A collection as a store of people, for the use cases of `faces/people`: a subject is a person. */
export class CollectionPeople implements PeopleStore {
  readonly #context: CollectionContext;

  constructor(context: CollectionContext) {
    this.#context = context;
  }

  get model(): string {
    return this.#context.collection.model;
  }

  get size(): number {
    return this.#context.collection.size;
  }

  async identify(
    probe: Float32Array,
    { threshold, limit = 5, negatives }: IdentifyOptions,
  ): Promise<PersonIdentification> {
    requireInteger("identify: limit", limit, 1);
    // As many people more as negatives can exclude.
    const found = await search(
      this.#context,
      { embedding: probe, model: this.model },
      { limit: limit + (negatives?.size ?? 0) },
    );
    const unit = toUnitLength("identify", probe, this.size);
    const matches = found
      .filter(({ score }) => score >= threshold)
      .map(({ subject: name, score, templateId, isMean }) => ({ name, score, template: isMean ? "mean" : templateId }))
      .filter((match) => !isNegative(unit, match, negatives))
      .slice(0, limit);
    return { name: matches[0]?.name ?? null, matches, nearestScore: found[0]?.score ?? -1 };
  }

  areEnrolled(sources: readonly PhotographSource[]): Promise<boolean[]> {
    return areEnrolled(
      this.#context,
      sources.map(({ name: subject, sourceDigest }) => ({ subject, sourceDigest })),
    );
  }

  requireName(name: string): void {
    requireNewName(`gallery '${this.#context.collection.name}': subject`, name);
  }

  async enroll(faces: readonly NewFace[]): Promise<number> {
    const enrolled: readonly EnrolledTemplate[] = await enrollAll(
      this.#context,
      faces.map(({ name: subject, sourceDigest, embedding, crop: thumbnail }) => ({
        subject,
        embedding,
        model: this.model,
        sourceDigest,
        ...(thumbnail === undefined ? {} : { thumbnail }),
      })),
    );
    return enrolled.filter(({ isNew }) => isNew).length;
  }
}
