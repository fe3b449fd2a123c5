/** The hard cases as pages to leaf through, with images where they are wanted. */
import { type CancelSignal, CosfaceError } from "../../base/core/index.ts";
import type { FacePipeline } from "../face/index.ts";
import type { AssessedData } from "./assess-data.ts";
import type { ImageNumber } from "./check-folder.ts";
import { faceImage } from "./hard-case-images.ts";

/** A photograph of a hard case: its numbers, and its face as a data URI where images are wanted. */
export type CaseImage = ImageNumber & { readonly dataUri?: string };

/** Hard cases with their photographs. */
export type ShownCases = {
  readonly hasImages: boolean;
  readonly labels: readonly {
    readonly image: CaseImage;
    readonly own: CaseImage;
    readonly ownScore: number;
    readonly other: CaseImage;
    readonly otherScore: number;
  }[];
  readonly genuine: readonly ShownPair[];
  readonly impostor: readonly ShownPair[];
};

/** Two photographs and their score. */
export type ShownPair = { readonly left: CaseImage; readonly right: CaseImage; readonly score: number };

/** Whether images are cut, and from what. */
export type ShowOptions = {
  readonly images: boolean;
  readonly aligned: boolean;
  readonly onProgress: (done: number, total: number, what: string) => void;
  readonly signal: CancelSignal | undefined;
};

/** Cuts the faces of the hard cases. A photograph that has become unreadable since is shown without one. */
export async function showCases(
  { assessment, hard, measured }: AssessedData,
  faces: FacePipeline,
  { images, aligned, onProgress, signal }: ShowOptions,
): Promise<ShownCases> {
  const { labels, genuine, impostor } = assessment.hardCases;
  const crops = new Map<number, string>();
  if (images) {
    const rows = new Set<number>();
    for (const { row, own, other } of hard.labels) rows.add(row).add(own.row).add(other.row);
    for (const { left, right } of [...hard.genuine, ...hard.impostor]) rows.add(left).add(right);
    for (const row of rows) {
      signal?.throwIfAborted();
      const image = measured[row];
      if (image === undefined) continue;
      const crop = await faceImage(image, faces, aligned).catch(unlessUnreadable);
      if (crop !== undefined) crops.set(row, crop);
      onProgress(crops.size, rows.size, "faces of hard cases");
    }
  }
  const withCrop = (number: ImageNumber, row: number | undefined): CaseImage => {
    const dataUri = row === undefined ? undefined : crops.get(row);
    return dataUri === undefined ? number : { ...number, dataUri };
  };
  const pairsOf = (pairs: typeof genuine, rows: AssessedData["hard"]["genuine"]) =>
    pairs.map(({ left, right, score }, i) => ({
      left: withCrop(left, rows[i]?.left),
      right: withCrop(right, rows[i]?.right),
      score,
    }));
  return {
    hasImages: images,
    labels: labels.map(({ image, own, other, ...scores }, i) => ({
      ...scores,
      image: withCrop(image, hard.labels[i]?.row),
      own: withCrop(own, hard.labels[i]?.own.row),
      other: withCrop(other, hard.labels[i]?.other.row),
    })),
    genuine: pairsOf(genuine, hard.genuine),
    impostor: pairsOf(impostor, hard.impostor),
  };
}

/** @throws what is not an error of the photograph. */
function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof CosfaceError)) throw error;
}
