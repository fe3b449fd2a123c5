import { DatasetError, requireBetween, requireInteger, requireObject } from "../../base/core/index.ts";
import type { FaceDataset, FaceSample } from "../../base/data/index.ts";
import { encodeImage, type RgbImage } from "../../base/image/index.ts";
import { faceConditions } from "./conditions.ts";
import { syntheticIdentity } from "./identity.ts";
import { DEFAULT_DIFFICULTY, renderConditions } from "./render-face.ts";

/** Options of {@link syntheticFaces}. */
export type SyntheticFacesOptions = {
  /** Number of people, at least 1. */
  readonly identityCount: number;
  /** Images per person, at least 1. */
  readonly imagesPerIdentity: number;
  /** Number of the first person in the population, default 0; sets with disjoint ranges have no person in common. */
  readonly firstIdentity?: number;
  /** Seed of the population. */
  readonly seed: number;
  /** Pixels, default 112. */
  readonly width?: number;
  /** Pixels, default 112. */
  readonly height?: number;
  /** Strength of all variation between images of a person, 0 to 1, default 0.5. */
  readonly difficulty?: number;
};

/**
 * A data set of aligned synthetic faces in order of the person, drawn when they are read. Image n of a person depends
 * only on the seed, the number of the person and n, so a longer set begins with the images of a shorter one.
 */
export function syntheticFaces(options: SyntheticFacesOptions): FaceDataset {
  requireObject("options of syntheticFaces", options);
  const {
    identityCount,
    imagesPerIdentity,
    firstIdentity = 0,
    seed,
    width = 112,
    height = 112,
    difficulty = DEFAULT_DIFFICULTY,
  } = options;
  requireInteger("identityCount", identityCount, 1);
  requireInteger("imagesPerIdentity", imagesPerIdentity, 1);
  requireInteger("firstIdentity", firstIdentity, 0);
  requireBetween("difficulty", difficulty, 0, 1);
  const sampleCount = identityCount * imagesPerIdentity;
  const labelOf = (index: number): number => Math.floor(index / imagesPerIdentity);
  const labels = Uint32Array.from({ length: sampleCount }, (_, index) => labelOf(index));
  let isClosed = false;

  function source(index: number): string {
    const image = index % imagesPerIdentity;
    return `synthetic identity ${firstIdentity + labelOf(index)}, image ${image} (seed ${seed})`;
  }

  function draw(index: number): RgbImage {
    if (isClosed) throw new DatasetError("synthetic faces: the data set is closed");
    if (!Number.isInteger(index) || index < 0 || index >= sampleCount) {
      throw new DatasetError(`synthetic faces: got sample ${index}, expected a whole number in [0, ${sampleCount})`);
    }
    const identity = firstIdentity + labelOf(index);
    const conditions = faceConditions({ seed, identity, image: index % imagesPerIdentity }, difficulty);
    return renderConditions(syntheticIdentity(seed, identity), conditions, { width, height }).image;
  }

  async function read(index: number): Promise<FaceSample> {
    return { image: draw(index), label: labelOf(index), source: source(index) };
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
