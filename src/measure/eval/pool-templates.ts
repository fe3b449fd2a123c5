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
  squaredLengths("embeddings", embeddings);
  const { count, size, data } = embeddings;
  for (const [what, labels] of Object.entries({ templates, media: media ?? templates })) {
    if (labels.length !== count) {
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
  const pooled = new Float32Array(groups.length * size);
  for (const [template, mediumRows] of Array.from(groups).entries()) {
    if (mediumRows === undefined) throw new OptionError(`template ${template} has no image`);
    const sum = new Float64Array(size);
    for (const rows of mediumRows.values()) {
      const weight = 1 / (rows.length * mediumRows.size);
      for (const row of rows) for (let i = 0; i < size; i++) sum[i]! += weight * data[row * size + i]!;
    }
    pooled.set(sum, template * size);
  }
  return normalizeEmbeddings({ count: groups.length, size, data: pooled });
}
