/**
 * Names of the losses, repeated so that a help page does not load the losses. The type keeps both lists equal.
 */
import type { lossNames as theirLosses } from "../training/losses/index.ts";

export const lossNames: typeof theirLosses = [
  "softmax",
  "nsl",
  "lsoftmax",
  "asoftmax",
  "cosface",
  "arcface",
  "combined",
  "contrastive",
  "center",
  "triplet",
];
