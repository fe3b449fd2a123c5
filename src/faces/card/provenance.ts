/** What is known of the weights that npm installs, and of the photographs that they were trained on. */
import { builtInCalibrations } from "../people/index.ts";
import { type CardScore, cardScore } from "./card-scores.ts";

/** Where weights come from. */
export type Provenance = {
  readonly weights: string;
  readonly data: string;
  /** Scores that this project measured. */
  readonly scores: readonly CardScore[];
};

const dlib: Provenance = {
  weights:
    "dlib_face_recognition_resnet_model_v1 by Davis King, 2017, given to the public domain (CC0); as the npm package " +
    "@vladmandic/face-api 1.7.15 (MIT) carries it, each weight rounded to a byte",
  data:
    "by its author's account about 3 million faces of 7,485 people: FaceScrub, the VGG face data set, and images that " +
    "he collected on the web and cleaned; nobody who is in LFW. Which people and which images they are, by what " +
    "consent, and how groups are represented, is not known",
  scores: [
    cardScore("LFW, the 1,200 pairs of the first two sets, default detector, two folds", {
      accuracy: 0.9933,
      pairCount: 1200,
    }),
  ],
};

/** What is known of a model that npm installs; undefined for others. */
export function builtInProvenance(id: string): Provenance | undefined {
  return builtInCalibrations.some(({ model }) => model === id) ? dlib : undefined;
}
