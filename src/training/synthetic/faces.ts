import { DatasetError, requireBetween, requireInteger } from "../../base/core/index.ts";
import type { FaceDataset, FaceSample } from "../../base/data/index.ts";
import { encodeImage, type RgbImage } from "../../base/image/index.ts";
import { faceConditions } from "./conditions.ts";
import { syntheticIdentity } from "./identity.ts";
import { DEFAULT_DIFFICULTY, renderConditions } from "./render-face.ts";

/** What {@link syntheticFaces} draws. */
export type SyntheticFacesOptions = {
  /** Number of people, at least 1. */
  readonly identityCount: number;
  /** Pictures of each, at least 1. */
  readonly imagesPerIdentity: number;
  /** Number of the first person in the population, default 0: sets of disjoint ranges share nobody. */
  readonly firstIdentity?: number;
  /** Names the population. */
  readonly seed: number;
  /** Pixels, default 112. */
  readonly width?: number;
  /** Pixels, default 112. */
  readonly height?: number;
  /** Size of all nuisance, 0 to 1, default 0.5. */
  readonly difficulty?: number;
};

/**
 * A set of aligned synthetic faces, drawn when they are read; person after person. Picture n of a person depends only
 * on the seed, the person's number and n, so a longer set begins as a shorter one does, whatever is read first.
 */
export function syntheticFaces({
  identityCount,
  imagesPerIdentity,
  firstIdentity = 0,
  seed,
  width = 112,
  height = 112,
  difficulty = DEFAULT_DIFFICULTY,
}: SyntheticFacesOptions): FaceDataset {
  requireInteger("syntheticFaces: identityCount", identityCount, 1);
  requireInteger("syntheticFaces: imagesPerIdentity", imagesPerIdentity, 1);
  requireInteger("syntheticFaces: firstIdentity", firstIdentity, 0);
  requireBetween("syntheticFaces: difficulty", difficulty, 0, 1);
  const sampleCount = identityCount * imagesPerIdentity;
  const labels = Uint32Array.from({ length: sampleCount }, (_, index) => Math.floor(index / imagesPerIdentity));
  let isClosed = false;

  function source(index: number): string {
    const image = index % imagesPerIdentity;
    return `synthetic identity ${firstIdentity + labels[index]!}, image ${image} (seed ${seed})`;
  }

  function draw(index: number): RgbImage {
    if (isClosed) throw new DatasetError("syntheticFaces: the data set is closed");
    if (!Number.isInteger(index) || index < 0 || index >= sampleCount) {
      throw new DatasetError(`syntheticFaces: got sample ${index}, expected a whole number in [0, ${sampleCount})`);
    }
    const identity = firstIdentity + labels[index]!;
    const conditions = faceConditions({ seed, identity, image: index % imagesPerIdentity }, difficulty);
    return renderConditions(syntheticIdentity(seed, identity), conditions, { width, height }).image;
  }

  async function read(index: number): Promise<FaceSample> {
    return { image: draw(index), label: labels[index]!, source: source(index) };
  }

  return {
    identityCount,
    sampleCount,
    labels,
    source,
    read,
    readBytes: async (index) => encodeImage(draw(index), { format: "png" }),
    close: async () => {
      isClosed = true;
    },
    async *[Symbol.asyncIterator]() {
      for (let index = 0; index < sampleCount; index++) yield await read(index);
    },
  };
}
