/**
 * Several networks as one embedder, such as the paper's three networks on three crops. Each embeds the images by its
 * own contract: size, template, colors and flip rule. Its embeddings are divided by their length, so that each
 * network counts alike, and then put side by side or added:
 *
 *   concat  the cosine is the mean of the networks' cosines
 *   sum     has the cross terms too, and needs embeddings of one size; for networks of one embedding space
 */
import { OptionError } from "../../base/core/index.ts";
import { type Embeddings, normalizeEmbeddings } from "../../measure/eval/index.ts";
import type { BenchmarkEmbedder } from "./benchmark-embedder.ts";
import type { FusionRule } from "./names.ts";

/**
 * Two or more embedders as one. Closing it closes them.
 * @throws {OptionError} from `embed`, when embeddings of different sizes are to be added.
 */
export function fuseEmbedders(
  parts: readonly [BenchmarkEmbedder, BenchmarkEmbedder, ...BenchmarkEmbedder[]],
  fusion: FusionRule,
): BenchmarkEmbedder {
  const [{ flip }] = parts;
  return {
    id: `${fusion}(${parts.map(({ id }) => id).join(",")})`,
    flip,
    networkCount: parts.reduce((sum, { networkCount }) => sum + networkCount, 0),
    async embed(images, options) {
      const embedded = [];
      for (const part of parts) embedded.push(await part.embed(images, options));
      const { embeddings: _, ...counts } = embedded[0] ?? {};
      const units = embedded.map(({ embeddings }) => normalizeEmbeddings(embeddings));
      return { ...counts, embeddings: fusion === "concat" ? besideEachOther(units) : added(units) };
    },
    async close() {
      for (const part of parts) await part.close();
    },
  };
}

/** The text that a result's variant names an ensemble by. */
export function describeFusion(parts: readonly BenchmarkEmbedder[], fusion: FusionRule): string {
  const flips = new Set(parts.map(({ flip }) => flip));
  const rules = flips.size === 1 ? "" : `, flips ${parts.map(({ flip }) => flip).join(" and ")}`;
  return `ensemble=${fusion} of ${parts.length} networks' unit embeddings${rules}`;
}

function besideEachOther(parts: readonly Embeddings[]): Embeddings {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const count = parts[0]?.count ?? 0;
  const data = new Float32Array(count * size);
  let start = 0;
  for (const part of parts) {
    for (let row = 0; row < count; row++) {
      data.set(part.data.subarray(row * part.size, (row + 1) * part.size), row * size + start);
    }
    start += part.size;
  }
  return { count, size, data };
}

function added([first, ...others]: readonly Embeddings[]): Embeddings {
  if (first === undefined) throw new OptionError("got no embeddings to add");
  const data = first.data.slice();
  for (const part of others) {
    if (part.size !== first.size) {
      throw new OptionError(`--fuse sum: got embeddings of ${first.size} and ${part.size} numbers: use --fuse concat`);
    }
    for (const [i, value] of part.data.entries()) data[i]! += value;
  }
  return { ...first, data };
}
