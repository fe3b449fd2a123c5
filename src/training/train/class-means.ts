/**
 * Class centers from embeddings: the mean direction of each person's images, as the network embeds them before the
 * first step. With random centers, a network that already tells people apart would be trained to forget that until the
 * centers have caught up with it.
 */
import { ImageError } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import { fitToInput, type RgbImage } from "../../base/image/index.ts";
import type { ViewEmbedder } from "../../faces/embedder/index.ts";
import { normalizeEmbeddings } from "../../measure/eval/index.ts";

/** Images of a person that make the mean; more change it little. */
const IMAGES_PER_PERSON = 10;
/** Images in memory at once. */
const CHUNK = 256;

/**
 * Writes the mean direction of each person over the first values of `centers` [people · perIdentity, size]. A person
 * whose images cannot be read keeps the values that are there.
 */
export async function setClassMeans(
  centers: Float32Array,
  embedder: ViewEmbedder,
  dataset: FaceDataset,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<void> {
  const { embeddingSize: size, inputSize } = embedder.contract;
  const chosen = someOfEach(dataset);
  const sums = new Float64Array(dataset.identityCount * size);
  for (let start = 0; start < chosen.length; start += CHUNK) {
    const read = await Promise.all(
      chosen.slice(start, start + CHUNK).map((index) => readFace(dataset, index, inputSize)),
    );
    const faces = read.filter((face) => face !== undefined);
    const { data } = normalizeEmbeddings(await embedder.embed(faces.map(({ image }) => image)));
    for (const [row, { label }] of faces.entries()) {
      for (let k = 0; k < size; k++) sums[label * size + k]! += data[row * size + k]!;
    }
    onProgress(Math.min(chosen.length, start + CHUNK), chosen.length);
  }
  const perIdentity = centers.length / sums.length;
  for (let label = 0; label < dataset.identityCount; label++) {
    const mean = sums.subarray(label * size, (label + 1) * size);
    const length = Math.hypot(...mean);
    if (!(length > 0)) continue;
    const unit = Float32Array.from(mean, (number) => number / length);
    for (let copy = 0; copy < perIdentity; copy++) centers.set(unit, (label * perIdentity + copy) * size);
  }
}

/** Some images of each person, evenly taken. */
function someOfEach({ labels, identityCount }: FaceDataset): number[] {
  const own = Array.from({ length: identityCount }, (): number[] => []);
  for (const [index, label] of labels.entries()) own[label]?.push(index);
  return own.flatMap((indices) => {
    const count = Math.min(indices.length, IMAGES_PER_PERSON);
    return Array.from({ length: count }, (_, i) => indices[Math.floor((i * indices.length) / count)] ?? 0);
  });
}

type Face = { readonly image: RgbImage; readonly label: number };

async function readFace(
  dataset: FaceDataset,
  index: number,
  [height, width]: readonly [number, number],
): Promise<Face | undefined> {
  try {
    const { image, label } = await dataset.read(index);
    return { image: await fitToInput(image, height, width), label };
  } catch (error) {
    // The batches report it.
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}
