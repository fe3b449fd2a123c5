import { OptionError, requireInteger } from "../../base/core/index.ts";
import { type Embeddings, normalizeEmbeddings, squaredLengths } from "./embeddings.ts";

/**
 * Embeddings of images → one unit embedding for each template: the mean, divided by its length.
 *
 * Without `media` all images have equal weight, as for the frames of a video (YouTube Faces). With `media`, the images
 * of one medium (the frames of a video, or a still) are averaged first and the media then have equal weight, as in
 * IJB-B and IJB-C: a long video does not outweigh a still.
 *
 * Images are weighted by the length of their embeddings, which networks make longer for clear faces; for equal weights
 * pass the result of {@link normalizeEmbeddings}. A template whose images cancel to zero stays zero.
 *
 * @param templates the template of each image: 0, 1, … without gaps.
 * @param media the medium of each image, any numbers; the same number in two templates means two media.
 * @returns f32[templates, size].
 * @throws {OptionError} when counts differ, a template has no image, or a row is not finite (the message names it).
 * @see Maze et al., IARPA Janus Benchmark - C, ICB 2018
 */
export function poolTemplates(
  embeddings: Embeddings,
  templates: ArrayLike<number>,
  media?: ArrayLike<number>,
): Embeddings {
  const { size } = embeddings ?? {};
  const { sums, mediaCounts } = sumMedia(embeddings, templates, media);
  const data = Float32Array.from(sums, (sum, i) => sum / mediaCounts[Math.floor(i / size)]!);
  return normalizeEmbeddings({ count: mediaCounts.length, size, data });
}

/** What the images of each template sum to. */
export type MediaSums = {
  /** f64[templates, size]: for each template, the sum over its media of the mean of the medium's images. */
  readonly sums: Float64Array;
  /** Number of media of each template. */
  readonly mediaCounts: Uint32Array;
};

/**
 * The media of each template, each averaged over its images, added in f64 and not divided by their length.
 *
 * @param weights a factor for each image's embedding, such as its detector's score; default 1.
 * @throws {OptionError} as {@link poolTemplates} does.
 */
export function sumMedia(
  embeddings: Embeddings,
  templates: ArrayLike<number>,
  media?: ArrayLike<number>,
  weights?: ArrayLike<number>,
): MediaSums {
  squaredLengths("embeddings", embeddings);
  const { count, size, data } = embeddings;
  for (const [what, labels] of Object.entries({ templates, media, weights })) {
    if (labels !== undefined && labels.length !== count) {
      throw new OptionError(`got ${labels.length} ${what}, expected one for each of ${count} images`);
    }
  }
  // For each template, the images of each medium.
  const groups: (Map<number, number[]> | undefined)[] = [];
  for (const [row, template] of Array.from(templates).entries()) {
    requireInteger(`template of image ${row}`, template, 0);
    if (template >= count) {
      throw new OptionError(`got template ${template} with ${count} images, expected 0, 1, … without gaps`);
    }
    groups[template] ??= new Map();
    const medium = media?.[row] ?? 0;
    const rows = groups[template].get(medium);
    if (rows === undefined) groups[template].set(medium, [row]);
    else rows.push(row);
  }
  const sums = new Float64Array(groups.length * size);
  const mediaCounts = new Uint32Array(groups.length);
  const medium = new Float64Array(size);
  for (const [template, mediumRows] of Array.from(groups).entries()) {
    if (mediumRows === undefined) throw new OptionError(`template ${template} has no image`);
    mediaCounts[template] = mediumRows.size;
    for (const rows of mediumRows.values()) {
      medium.fill(0);
      for (const row of rows) {
        const weight = weights?.[row] ?? 1;
        for (let i = 0; i < size; i++) medium[i]! += weight * data[row * size + i]!;
      }
      for (let i = 0; i < size; i++) sums[template * size + i]! += medium[i]! / rows.length;
    }
  }
  return { sums, mediaCounts };
}
