/**
 * MegaFace without its label noise. Some of FaceScrub's photographs show another person, and some of the distractors
 * are FaceScrub's people; lists of both are published with the ArcFace paper, and results without them ("R") are 14 to
 * 18 points higher. A noisy photograph of a known person is replaced by the direction of the person's other photographs
 * together, and a noisy distractor by zeros, whose cosine with every probe is 0: it stays in the gallery and in the
 * number of impostor pairs.
 * @see Deng et al., ArcFace, PAMI 2021
 */
import { OptionError, requireFields, requireKind } from "../../base/core/index.ts";
import type { Embeddings, LabeledEmbeddings } from "../eval/index.ts";

/**
 * Replaces the embeddings of noisy photographs of known people by the sum of the person's others, of length 1.
 *
 * @param isNoise one for each row.
 * @throws {OptionError} when all photographs of a person are noise.
 */
export function replaceNoisyProbes(probes: LabeledEmbeddings, isNoise: Uint8Array): Embeddings {
  requireFields("probes", probes, { embeddings: "an object", identities: "a list" });
  requireKind("noise", isNoise, "bytes");
  const { embeddings, identities } = probes;
  const { count, size } = embeddings;
  const data = embeddings.data.slice();
  const centers = new Map<number, Float64Array>();
  for (let row = 0; row < count; row++) {
    if (isNoise[row] === 1) continue;
    const center = centers.get(identities[row]!) ?? new Float64Array(size);
    for (let i = 0; i < size; i++) center[i]! += data[row * size + i]!;
    centers.set(identities[row]!, center);
  }
  for (let row = 0; row < count; row++) {
    if (isNoise[row] !== 1) continue;
    const center = centers.get(identities[row]!);
    if (center === undefined) throw new OptionError(`all photographs of the person of row ${row} are noise`);
    const length = Math.hypot(...center) || 1;
    for (let i = 0; i < size; i++) data[row * size + i] = center[i]! / length;
  }
  return { count, size, data };
}

/**
 * Replaces the embeddings of noisy distractors by zeros, in place: a million of 512 numbers take 2 GB.
 *
 * @param isNoise one for each row.
 */
export function clearNoisyDistractors(distractors: Embeddings, isNoise: Uint8Array): void {
  requireFields("distractors", distractors, { size: "a number", data: "a list" });
  requireKind("noise", isNoise, "bytes");
  const { size, data } = distractors;
  for (const [row, noise] of isNoise.entries()) if (noise === 1) data.fill(0, row * size, (row + 1) * size);
}
