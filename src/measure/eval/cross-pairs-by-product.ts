/**
 * All pairs of very many images. Half of n² inner products is too much for a loop in JavaScript beyond some ten
 * thousand images, so the runtime multiplies blocks of rows. Its products are in f32: they only select. A pair whose
 * product, with an allowance for rounding, could be among the highest is scored again by the exact scan, so that the
 * result equals that of {@link crossPairs}, ties included.
 */
import { OptionError, requireInteger, requireKnownKeys } from "../../base/core/index.ts";
import { type CrossPairs, countPairs, genuinePairs, HighestPairs } from "./cross-pairs.ts";
import { fillUnitRows, type HighestCosinesOptions, productError } from "./highest-cosines.ts";
import type { LabeledEmbeddings } from "./search-gallery.ts";

/** How the products are computed. */
export type CrossPairsOptions = Pick<HighestCosinesOptions, "threads" | "onProgress"> & {
  /** Rows in a block; default 1024. */
  readonly blockRows?: number;
};

/**
 * {@link crossPairs} by matrix products, for more images and few kept pairs: the order of the pairs may differ.
 *
 * @param share share of the impostor pairs to keep, those with the highest scores; in [0, 1].
 * @throws {OptionError} as {@link crossPairs} does.
 */
export async function crossPairsByProduct(
  labeled: LabeledEmbeddings,
  share: number,
  options: CrossPairsOptions = {},
): Promise<CrossPairs> {
  requireKnownKeys("options of crossPairsByProduct", options, { threads: true, blockRows: true, onProgress: true });
  const { threads = 0, blockRows = 1024, onProgress = () => {} } = options;
  requireInteger("blockRows", blockRows, 1);
  const { scan, personOf, ...counts } = countPairs(labeled, share);
  const { count, size } = labeled.embeddings;
  const genuine = genuinePairs(counts.genuineCount);
  const highest = new HighestPairs(Math.ceil(share * counts.impostorCount));
  const error = productError(size);
  const exact = (left: number, right: number): number => {
    const [cosine] = scan.cosines(scan, left, right, right + 1);
    if (cosine === undefined) throw new OptionError("internal: no cosine");
    return cosine;
  };
  // Loaded here, so that only this function loads the graph compiler and the runtime.
  const { openCrossProduct } = await import("./cross-products.ts");
  const product = await openCrossProduct(blockRows, size, threads);
  const [leftBlock, rightBlock] = [new Float32Array(blockRows * size), new Float32Array(blockRows * size)];
  try {
    for (let firstLeft = 0; firstLeft < count; firstLeft += blockRows) {
      fillUnitRows(leftBlock, scan, firstLeft);
      const endLeft = Math.min(count, firstLeft + blockRows);
      for (let firstRight = firstLeft; firstRight < count; firstRight += blockRows) {
        fillUnitRows(rightBlock, scan, firstRight);
        const products = await product.run(leftBlock, rightBlock);
        const endRight = Math.min(count, firstRight + blockRows);
        for (let left = firstLeft; left < endLeft; left++) {
          const person = personOf[left]!;
          const start = (left - firstLeft) * blockRows - firstRight;
          for (let right = Math.max(left + 1, firstRight); right < endRight; right++) {
            const other = personOf[right]!;
            if (person === other) genuine.add(exact(left, right), person);
            else if (products[start + right]! >= highest.floor - error) highest.add(exact(left, right), person, other);
          }
        }
      }
      // The products of a block with itself and all later rows: what is left falls with the square.
      onProgress(1 - ((count - endLeft) / count) ** 2);
    }
  } finally {
    await product.close();
  }
  const { identityCount, imageCounts, impostorCount } = counts;
  return { identityCount, imageCounts, genuine: genuine.pairs, impostor: highest.pairs(), impostorCount };
}
