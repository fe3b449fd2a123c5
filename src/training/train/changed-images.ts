import { random } from "../../base/core/index.ts";
import type { ViewEmbedder } from "../../faces/embedder/index.ts";
import { type Augmentation, augmenter } from "../batches/index.ts";

/** Whether an augmentation changes images beyond mirroring them. */
export function changesImages({ flip, ...others }: Augmentation): boolean {
  return Object.values(others).some((change) => change !== undefined && change !== 0);
}

/** An embedder that changes images as training does, but for mirroring, each by its number: twice the same. */
export function embedderOfChanged(embedder: ViewEmbedder, augmentation: Augmentation, seed: number): ViewEmbedder {
  const [height, width] = embedder.contract.inputSize;
  const augment = augmenter({ ...augmentation, flip: 0 }, width, height);
  let count = 0;
  return {
    contract: embedder.contract,
    embed: (images) =>
      embedder.embed(
        images.map((image) => {
          const data = new Uint8Array(image.data.length);
          augment(Uint8Array.from(image.data), data, random(seed, "changed image", count++));
          return { ...image, data };
        }),
      ),
  };
}
