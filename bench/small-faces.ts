/**
 * LFW's ten-fold accuracy of embedders on faces as they are, and on faces that were reduced to 18×18 pixels and
 * enlarged again, as a camera far away sees them:
 *
 *     npx tsx bench/small-faces.ts ../shared/lfw MODEL …
 *
 * MODEL is an ONNX file; where it does not state its preprocessing, a JSON file beside it does.
 */
import { join } from "node:path";
import { lfwImages, readLfwPairs, type VerificationSet } from "../src/base/data/index.ts";
import { resizeImage } from "../src/base/image/index.ts";
import { openEmbedder, verifySet } from "../src/faces/embedder/index.ts";

const SMALL = 18;

const [folder = "", ...models] = process.argv.slice(2);
const plain = await lfwImages(join(folder, "aligned"), await readLfwPairs(join(folder, "pairs.txt")));
const small: VerificationSet = {
  ...plain,
  source: (index) => plain.source(index),
  read: async (index) => {
    const image = await plain.read(index);
    return resizeImage(await resizeImage(image, SMALL, SMALL), image.width, image.height);
  },
};
for (const model of models) {
  const embedder = await openEmbedder(model, { mean: 127.5, std: 127.5, channels: "rgb" });
  for (const [name, set] of [
    ["as they are", plain],
    [`reduced to ${SMALL}×${SMALL}`, small],
  ] as const) {
    const { accuracy, standardDeviation } = await verifySet(embedder, set);
    console.log(`${model}, ${name}: ${(100 * accuracy).toFixed(2)} ± ${(100 * standardDeviation).toFixed(2)} %`);
  }
  await embedder.close();
}
