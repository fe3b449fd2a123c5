/**
 * Known people, wherever they are stored. A folder of photographs (`openPeople`) and a collection of a gallery
 * (`Collection.people`) answer the same question in the same way:
 *
 *   score(probe, person) = max(cos(probe, template) over the person's templates, cos(probe, their mean))
 *
 * where templates have unit length and the mean is that of two or more. A person is excluded when a negative (a face of
 * somebody else that was once taken for this person) is at least as near to the probe as that score.
 */
import type { Embeddings } from "../../measure/eval/index.ts";

/** A person that a probe is like. */
export type PersonMatch = {
  readonly name: string;
  /** Cosine of the probe and the nearest of the person's templates and their mean, in [−1, 1]. */
  readonly score: number;
  /**
   * The nearest of them: "mean", or a template: its number among the person's photographs, from 0, or its id in a
   * gallery.
   */
  readonly template: number | string;
};

/** The answer to an identification. */
export type PersonIdentification = {
  /** Name of the best match; null for an unknown person. */
  readonly name: string | null;
  /** People that score at least the threshold and are not excluded by a negative, best first, at most the limit. */
  readonly matches: readonly PersonMatch[];
  /** Score of the nearest person whatever the threshold and negatives say; −1 in an empty store. */
  readonly nearestScore: number;
};

/** How a probe is identified. */
export type IdentifyOptions = {
  /** Lowest score that is accepted, a cosine: see `thresholdFor` and `expectedFpir`. */
  readonly threshold: number;
  /** Most people in the answer, default 5. */
  readonly limit?: number;
  /** Faces that are not the person of the name, beside those that the store holds. */
  readonly negatives?: ReadonlyMap<string, Embeddings>;
};

/** A photograph that is to be enrolled: a person's name, and the SHA-256 of the bytes in hexadecimal digits. */
export type PhotographSource = { readonly name: string; readonly sourceDigest: string };

/** A face that is to be enrolled. */
export type NewFace = PhotographSource & {
  /** Unit vector of the store's model. */
  readonly embedding: Float32Array;
  /** Encoded photograph: a folder keeps it. */
  readonly photograph: Uint8Array;
  /** Encoded aligned crop, where it is to be kept. */
  readonly crop?: Uint8Array;
};

/** Known people, and their embeddings of one model. */
export interface PeopleStore {
  /** Id of the model whose embeddings the store compares. */
  readonly model: string;
  /** Numbers in an embedding. */
  readonly size: number;
  /**
   * Finds the people most like a face.
   *
   * @param probe f32[size], of any length above 0.
   * @throws {OptionError | GalleryError} when the probe has another size or is not finite, or an option is out of
   *   range.
   */
  identify(probe: Float32Array, options: IdentifyOptions): Promise<PersonIdentification>;
  /** Whether each photograph has been enrolled for its person already. */
  areEnrolled(sources: readonly PhotographSource[]): Promise<boolean[]>;
  /**
   * Checks the name of a person who is to be enrolled; a folder of photographs leaves out those whose name is refused.
   *
   * @throws {OptionError} for a name that the store does not take.
   */
  requireName?(name: string): void;
  /** Enrolls all of the faces, or none when it throws, and returns how many of them were new. */
  enroll(faces: readonly NewFace[]): Promise<number>;
}
