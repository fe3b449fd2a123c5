/** Labeled embeddings for tests. */
import { random } from "../../base/core/index.ts";
import type { LabeledEmbeddings } from "./search-gallery.ts";

const SIZE = 4;

/**
 * Images of people who differ in how common their faces are: the more common, the nearer to one direction, so that
 * impostor pairs that share a person are far from independent, as those of real people are.
 */
export function drawnPeople(seed: number, personCount: number, imagesPerPerson: number): LabeledEmbeddings {
  const stream = random(seed, "drawn people");
  const count = personCount * imagesPerPerson;
  const data = new Float32Array(count * SIZE);
  for (let person = 0; person < personCount; person++) {
    const commonness = stream.uniform(0, 2);
    const center = Array.from({ length: SIZE }, (_, i) => stream.normal(i === 0 ? commonness : 0));
    for (let image = 0; image < imagesPerPerson; image++) {
      const row = person * imagesPerPerson + image;
      for (const [i, mean] of center.entries()) data[row * SIZE + i] = stream.normal(mean, 0.3);
    }
  }
  const identities = Uint32Array.from({ length: count }, (_, row) => Math.floor(row / imagesPerPerson));
  return { embeddings: { count, size: SIZE, data }, identities };
}
