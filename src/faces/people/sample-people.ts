/** People for tests: unit-ish vectors around random centers, far apart in 32 dimensions. */
import { random } from "../../base/core/index.ts";
import type { LabeledEmbeddings } from "../../measure/eval/index.ts";

/** Images of people in rows; two of one person have a cosine of about 1 / (1 + spread²), two of others about 0. */
export function samplePeople(
  seed: number,
  imageCounts: readonly number[],
  { spread = 0.5, size = 32 }: { readonly spread?: number; readonly size?: number } = {},
): LabeledEmbeddings {
  const stream = random(seed, "sample people");
  const identities = imageCounts.flatMap((count, person) => new Array<number>(count).fill(person));
  const centers = imageCounts.map(() => Array.from({ length: size }, () => stream.normal()));
  const rows = identities.map((person) => (centers[person] ?? []).map((center) => center + stream.normal(0, spread)));
  return { embeddings: { count: rows.length, size, data: Float32Array.from(rows.flat()) }, identities };
}
