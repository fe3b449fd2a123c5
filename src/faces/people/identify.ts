import { type CancelSignal, type CosfaceError, type KnownKeys, requireKnownKeys } from "../../base/core/index.ts";
import {
  type EmbeddedFace,
  type FacePipeline,
  type Photograph,
  readPhotograph,
  requirePhotograph,
} from "../face/index.ts";
import { openPeople } from "./folder-people.ts";
import type { IdentifyOptions, PeopleStore, PersonIdentification } from "./people-store.ts";
import { requireModelOf, requirePeople } from "./require-model.ts";
import { type ChosenThreshold, chooseThreshold, type ThresholdOptions, thresholdKeys } from "./threshold.ts";
import { type FacesChoice, requireFaces, withFaces } from "./use-faces.ts";

/** A face of a photograph, and the known people that it is like. */
export type IdentifiedFace = Pick<EmbeddedFace, "box" | "score" | "landmarks" | "embedding"> &
  PersonIdentification &
  ChosenThreshold & {
    /** Id of the model that scores and threshold belong to. */
    readonly model: string;
  };

/** One photograph of several: its identified faces, or the error that it ended in. */
export type IdentifiedPhotograph<T> =
  | { readonly item: T; readonly faces: readonly IdentifiedFace[]; readonly error?: undefined }
  | { readonly item: T; readonly error: CosfaceError };

/** How faces of photographs are identified. */
export type IdentifyPhotographOptions = ThresholdOptions &
  FacesChoice &
  Pick<IdentifyOptions, "limit" | "negatives"> & {
    /** Ends the call with the signal's reason. */
    readonly signal?: CancelSignal;
  };

const identifyKeys: KnownKeys<IdentifyPhotographOptions> = {
  ...thresholdKeys,
  faces: true,
  limit: true,
  negatives: true,
  signal: true,
};

/**
 * Identifies the faces of a photograph, 1:N, in an open set: `await identify("party.jpg", "family/")`.
 *
 * @param people a store of known people, or the path of a folder with photographs, one subfolder a person.
 * @returns a result for each face, highest detection score first; its `name` is null for an unknown person.
 * @throws {OptionError | ImageError} when the photograph cannot be read or is not a photograph.
 * @throws {OptionError} for an option that does not exist, or is out of range.
 * @throws {CalibrationError} when the model is not calibrated for the rate.
 * @throws {GalleryError} when the people were enrolled with another model.
 */
export async function identify(
  photograph: Photograph,
  people: PeopleStore | string,
  options: IdentifyPhotographOptions = {},
): Promise<readonly IdentifiedFace[]> {
  requireKnownKeys("options of identify", options, identifyKeys);
  requirePhotograph(photograph);
  requirePeople(people);
  return withFaces(options, async (faces) => {
    options.signal?.throwIfAborted();
    const image = await readPhotograph(photograph);
    const results = identifyAll([photograph], async () => image, people, { ...options, faces });
    for await (const result of results) {
      if (result.error !== undefined) throw result.error;
      return result.faces;
    }
    return [];
  });
}

/**
 * Identifies the faces of many photographs, in their order. A photograph that cannot be read yields its error and does
 * not end the rest.
 *
 * @param read maps an item to a photograph, several at a time.
 * @throws as {@link identify}, but for errors of single photographs.
 */
export async function* identifyAll<T>(
  items: Iterable<T> | AsyncIterable<T>,
  read: (item: T) => Promise<Photograph>,
  people: PeopleStore | string,
  options: IdentifyPhotographOptions & { readonly faces: FacePipeline },
): AsyncGenerator<IdentifiedPhotograph<T>> {
  requireKnownKeys("options of identifyAll", options, identifyKeys);
  const { faces, limit, negatives, signal } = options;
  requireFaces(faces);
  requirePeople(people);
  const { id: model } = faces.embedder;
  const chosen = await chooseThreshold(faces.embedder, options);
  const store = typeof people === "string" ? await openPeople(people, faces, signal ? { signal } : {}) : people;
  requireModelOf(store, faces.embedder);
  const search = {
    threshold: chosen.threshold,
    ...(limit === undefined ? {} : { limit }),
    ...(negatives === undefined ? {} : { negatives }),
  };
  for await (const result of faces.stream(items, read, signal ? { signal } : {})) {
    if (result.error !== undefined) {
      yield result;
      continue;
    }
    const found = result.faces.map(async ({ box, score, landmarks, embedding }): Promise<IdentifiedFace> => {
      return { box, score, landmarks, embedding, ...(await store.identify(embedding, search)), ...chosen, model };
    });
    yield { item: result.item, faces: await Promise.all(found) };
  }
}
