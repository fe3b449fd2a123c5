import { describeValue, GalleryError, OptionError } from "../../base/core/index.ts";
import type { Embedder } from "../embedder/index.ts";
import type { PeopleStore } from "./people-store.ts";

/** @throws {OptionError} when the value is neither the path of a folder nor a store of people. */
export function requirePeople(people: PeopleStore | string): void {
  if (typeof people === "string") return;
  if (typeof people === "object" && people !== null && typeof people.identify === "function") return;
  throw new OptionError(
    `people: got ${describeValue(people)}, expected the path of a folder with a subfolder for each person, or a store of ` +
      "people, such as the people of a gallery's collection",
  );
}

/**
 * @throws {GalleryError} when the people of a store were enrolled with another model than the embedder's.
 * @throws {OptionError} when the value is not a store of people.
 */
export function requireModelOf(store: PeopleStore, { id }: Pick<Embedder, "id">): void {
  requirePeople(store);
  if (store.model === id) return;
  throw new GalleryError(
    `people: they were enrolled with model '${store.model}', got a face of model '${id}': embed with the same model`,
  );
}
