import type { RgbImage } from "../../base/image/index.ts";
import type { CandidateNetwork } from "./candidate.ts";
import type { DetectedFace, FaceDetector } from "./detection.ts";
import type { LandmarkFinder } from "./landmark-finder.ts";
import { searchFaces } from "./search.ts";

/** Candidates that the network of landmarks sees no face in are dropped (MediaPipe's threshold). */
const MINIMUM_PRESENCE = 0.5;

/** What a detector of two networks is made of. */
export type TwoStageParts = {
  readonly name: string;
  readonly license: string;
  readonly candidates: CandidateNetwork;
  readonly landmarks: LandmarkFinder;
  readonly minimumScore: number;
  readonly smallestFace: number | undefined;
};

/** One network finds boxes, a second one the landmarks in each. */
export class TwoStageDetector implements FaceDetector {
  readonly name: string;
  readonly license: string;
  readonly #parts: TwoStageParts;

  constructor(parts: TwoStageParts) {
    this.name = parts.name;
    this.license = parts.license;
    this.#parts = parts;
  }

  async detect(image: RgbImage): Promise<readonly DetectedFace[]> {
    const { candidates, landmarks, minimumScore, smallestFace } = this.#parts;
    const found = await searchFaces(candidates, image, minimumScore, smallestFace);
    const points = await landmarks.find(image, found);
    return found.flatMap(({ box, score }, i) => {
      const { presence, landmarks } = points[i]!;
      return presence < MINIMUM_PRESENCE ? [] : [{ box, score, landmarks }];
    });
  }

  async close(): Promise<void> {
    await this.#parts.candidates.close();
    await this.#parts.landmarks.close();
  }
}
