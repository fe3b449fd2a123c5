import type { RgbImage } from "../image/index.ts";

/** Two images, by index, that show the same person or two people. */
export type VerificationPair = {
  readonly left: number;
  readonly right: number;
  /** Genuine pair (true) or impostor pair (false). */
  readonly same: boolean;
  /** Fold that the pair is tested in, in [0, foldCount). */
  readonly fold: number;
};

/** Pairs for a verification protocol, with the images they name, each once. */
export interface VerificationSet {
  readonly imageCount: number;
  readonly foldCount: number;
  readonly pairs: readonly VerificationPair[];
  /** Where image `index` comes from, such as "pairs.txt:17, left": never a person's name. */
  source(index: number): string;
  /** Decodes image `index`. @throws {ImageError} when its bytes are no picture. */
  read(index: number): Promise<RgbImage>;
}
