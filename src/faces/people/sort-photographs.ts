/** Photographs of unknown people, sorted into people. */
import {
  type CancelSignal,
  type CosfaceError,
  describeValue,
  FaceError,
  OptionError,
  requireKnownKeys,
} from "../../base/core/index.ts";
import type { EmbeddedFace, FacePipeline, Photograph } from "../face/index.ts";
import { type ClusterOptions, cluster } from "./cluster.ts";
import { CLUSTER_FAR } from "./names.ts";
import { type ChosenThreshold, chooseThreshold, type ThresholdOptions, thresholdKeys } from "./threshold.ts";
import { requireFaces } from "./use-faces.ts";

/** A face, and the photograph that shows it. */
export type FaceOfPhotograph<T> = { readonly item: T } & Pick<
  EmbeddedFace,
  "box" | "score" | "landmarks" | "embedding"
>;

/** Faces by person. */
export type SortedPhotographs<T> = ChosenThreshold & {
  /** Faces of each person, the person with most faces first. */
  readonly people: readonly (readonly FaceOfPhotograph<T>[])[];
  /** Faces that belong to no person of at least `minimumSize` faces. */
  readonly unassigned: readonly FaceOfPhotograph<T>[];
  /** Photographs that could not be read. */
  readonly unreadable: readonly { readonly item: T; readonly error: CosfaceError }[];
  readonly photographCount: number;
  readonly faceCount: number;
  /** Id of the model that the threshold belongs to. */
  readonly model: string;
};

/** How photographs are sorted. */
export type SortPhotographsOptions = ThresholdOptions &
  Pick<ClusterOptions, "minimumSize"> & {
    /** Called with the number of photographs done so far. */
    readonly onProgress?: (done: number) => void;
    /** Ends the call with the signal's reason. */
    readonly signal?: CancelSignal;
  };

/**
 * Finds all faces of the photographs and sorts them into people ({@link cluster}), at a mean score that the threshold
 * of FAR 1e-4 accepts unless the options name another.
 *
 * @param read maps an item to a photograph, several at a time.
 * @throws {OptionError} for an option that does not exist, or is out of range.
 * @throws {FaceError} when no photograph shows a face.
 * @throws {CalibrationError} when the model is not calibrated for the rate.
 */
export async function sortPhotographs<T>(
  items: Iterable<T> | AsyncIterable<T>,
  read: (item: T) => Promise<Photograph>,
  faces: FacePipeline,
  options: SortPhotographsOptions = {},
): Promise<SortedPhotographs<T>> {
  requireKnownKeys("options of sortPhotographs", options, {
    ...thresholdKeys,
    minimumSize: true,
    onProgress: true,
    signal: true,
  });
  if (typeof read !== "function") {
    throw new OptionError(
      `photographs: got ${describeValue(read)} in place of a function from an item to its photograph: ` +
        "for a list of paths give async (path) => path, and then the faces",
    );
  }
  requireFaces(faces);
  const { minimumSize, onProgress = () => {}, signal } = options;
  const chosen = await chooseThreshold(faces.embedder, { ...options, far: options.far ?? CLUSTER_FAR });
  const found: FaceOfPhotograph<T>[] = [];
  const unreadable: { item: T; error: CosfaceError }[] = [];
  let photographCount = 0;
  for await (const result of faces.stream(items, read, signal === undefined ? {} : { signal })) {
    onProgress(++photographCount);
    const { item } = result;
    if (result.error !== undefined) unreadable.push({ item, error: result.error });
    else
      for (const { box, score, landmarks, embedding } of result.faces)
        found.push({ item, box, score, landmarks, embedding });
  }
  const [first] = found;
  if (first === undefined) throw new FaceError(`no face in ${photographCount} photographs`);
  const size = first.embedding.length;
  const data = new Float32Array(found.length * size);
  for (const [row, { embedding }] of found.entries()) data.set(embedding, row * size);
  const { labels, clusterCount } = cluster(
    { count: found.length, size, data },
    { threshold: chosen.threshold, ...(minimumSize === undefined ? {} : { minimumSize }) },
  );
  const facesOf = (label: number) => found.filter((_, row) => labels[row] === label);
  return {
    ...chosen,
    people: Array.from({ length: clusterCount }, (_, label) => facesOf(label)),
    unassigned: facesOf(-1),
    unreadable,
    photographCount,
    faceCount: found.length,
    model: faces.embedder.id,
  };
}
