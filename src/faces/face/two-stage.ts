import type { RgbImage } from "../../base/image/index.ts";
import type { CandidateNetwork } from "./candidate.ts";
import type { DetectedFace, FaceDetector } from "./detection.ts";
import type { LandmarkFinder } from "./landmark-finder.ts";
import { searchFaces } from "./search.ts";

/** Candidates in which the network of landmarks sees no face are dropped (MediaPipe's threshold). */
const MINIMUM_PRESENCE = 0.5;

/** The parts of a detector of two networks. */
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
    return points.flatMap(({ presence, landmarks }, i) => {
      const candidate = found[i];
      if (candidate === undefined || presence < MINIMUM_PRESENCE) return [];
      const { box, score } = candidate;
      return [{ box, score, landmarks }];
    });
  }

  async close(): Promise<void> {
    await this.#parts.candidates.close();
    await this.#parts.landmarks.close();
  }
}
