/**
 * Templates of IJB-B and IJB-C. A template is everything that is known of a person at one time: stills and frames of
 * videos. The images of a medium (a video, or a still) are averaged, the media are added, and the sum is divided by its
 * length, so that the inner product of two templates is their cosine.
 *
 * Embeddings keep their length, which networks make longer for clear faces, and are multiplied by the detector's score
 * of each image, so that a blurred image or a false detection counts less. Both can be left out. Templates are kept in
 * f64, since rounding them would break ties between templates of equal images.
 * @see Maze et al., IARPA Janus Benchmark - C, ICB 2018
 * @see InsightFace, `recognition/arcface_torch/eval_ijbc.py`: https://github.com/deepinsight/insightface
 */
import { OptionError, requireFields, requireKnownKeys, requireObject } from "../../base/core/index.ts";
import { type Embeddings, squaredLengths, sumMedia } from "../eval/index.ts";

/** Embeddings of images with the template and medium that each image belongs to. */
export type TemplateImages = {
  /** f32[images, size], of any length; flips already joined. */
  readonly embeddings: Embeddings;
  /** The template of each image: any whole numbers. */
  readonly templates: ArrayLike<number>;
  /** The medium of each image, any numbers; the same number in two templates means two media. */
  readonly media: ArrayLike<number>;
};

/** How images are weighted in their template. */
export type PoolingOptions = {
  /** Keep the length of embeddings as a weight, default true ("N1" in InsightFace's script); false: unit length. */
  readonly keepNorm?: boolean;
  /** The detector's score of each image, a factor of its embedding ("D1"); default: none. */
  readonly detectorScores?: ArrayLike<number>;
};

/** Templates of length 1. */
export type TemplateSet = {
  readonly count: number;
  readonly size: number;
  /** f64[count, size]. A template whose images cancel out, or with an embedding of zeros alone, is zero. */
  readonly data: Float64Array;
  /** The row of each template, by its number. */
  readonly rowOf: ReadonlyMap<number, number>;
};

/**
 * Pools the embeddings of images into templates: the mean of each medium, summed over media, of length 1.
 *
 * @throws {OptionError} when counts differ, or a row or score is not finite (the message names it).
 */
export function templatesFromImages(images: TemplateImages, options: PoolingOptions = {}): TemplateSet {
  requireFields("images", images, { embeddings: "an object", templates: "a list", media: "a list" });
  requireKnownKeys("options of templatesFromImages", options, { keepNorm: true, detectorScores: true });
  requireObject("images", images);
  const { keepNorm = true, detectorScores } = options;
  const { embeddings, templates, media } = images;
  const scoreCount = detectorScores?.length ?? embeddings.count;
  if (scoreCount !== embeddings.count) {
    throw new OptionError(`got ${scoreCount} detector scores, expected one for each of ${embeddings.count} images`);
  }
  const rowOf = new Map<number, number>();
  const rows = Uint32Array.from(templates, (template) => {
    const row = rowOf.get(template) ?? rowOf.size;
    rowOf.set(template, row);
    return row;
  });
  const squares = squaredLengths("embeddings", embeddings);
  const weights = squares.map((square, i) => (detectorScores?.[i] ?? 1) / (keepNorm ? 1 : Math.sqrt(square) || 1));
  const bad = weights.findIndex((weight) => !Number.isFinite(weight));
  if (bad >= 0)
    throw new OptionError(`detector score of image ${bad}: got ${detectorScores?.[bad]}, expected a number`);
  const { sums } = sumMedia(embeddings, rows, media, weights);
  const { size } = embeddings;
  for (let start = 0; start < sums.length; start += size) {
    let square = 0;
    for (let i = start; i < start + size; i++) square += sums[i]! ** 2;
    const length = Math.sqrt(square) || 1;
    for (let i = start; i < start + size; i++) sums[i]! /= length;
  }
  return { count: rowOf.size, size, data: sums, rowOf };
}

/**
 * The inner product of two templates, by rows, in f64: the loop of `dotProduct` over arrays of f64. One loop over
 * arrays of two kinds would be slower for both.
 */
export function templateProduct({ data, size }: TemplateSet, left: number, right: number): number {
  const [a, b] = [left * size, right * size];
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  const whole = size - (size % 4);
  for (let i = 0; i < whole; i += 4) {
    sum0 += data[a + i]! * data[b + i]!;
    sum1 += data[a + i + 1]! * data[b + i + 1]!;
    sum2 += data[a + i + 2]! * data[b + i + 2]!;
    sum3 += data[a + i + 3]! * data[b + i + 3]!;
  }
  for (let i = whole; i < size; i++) sum0 += data[a + i]! * data[b + i]!;
  return sum0 + sum1 + (sum2 + sum3);
}

/** The row of a template. @throws {OptionError} for a template without an image. */
export function templateRow({ rowOf }: TemplateSet, template: number): number {
  const row = rowOf.get(template);
  if (row === undefined) throw new OptionError(`template ${template} has no image`);
  return row;
}
