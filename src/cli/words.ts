/**
 * Words and numbers that help pages tell, said here once more: the folders that they belong to load packages that take a
 * good part of a second, and a help page shall not wait for them. The types keep both sides equal.
 */

import type { devices as theirDevices } from "../compiler/runtime/index.ts";
import type { channelOrders as theirOrders, flipRules as theirRules } from "../faces/embedder/index.ts";
import type { detectorNames as theirDetectors } from "../faces/face/index.ts";
import type {
  CLUSTER_FAR as theirClusterFar,
  DEFAULT_FAR as theirFar,
  DEFAULT_FARS as theirFars,
} from "../faces/people/index.ts";
import type { keyScopes as theirScopes } from "../service/gallery/index.ts";
import type { TOY_MARGINS as theirMargins } from "../training/experiments/index.ts";
import type { lossNames as theirLosses } from "../training/losses/index.ts";
import type { optimizerNames as theirOptimizers, scheduleNames as theirSchedules } from "../training/train/index.ts";

export const channelOrders: typeof theirOrders = ["rgb", "bgr"];
export const flipRules: typeof theirRules = ["none", "concat", "sum"];
export const detectorNames: typeof theirDetectors = ["default", "mediapipe", "ssd-mobilenet", "tiny-face"];
export const devices: typeof theirDevices = ["cpu", "cuda", "webgpu", "dml", "coreml"];
export const keyScopes: typeof theirScopes = ["read", "enroll", "admin"];
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
export const optimizerNames: typeof theirOptimizers = ["sgd", "adamw"];
export const scheduleNames: typeof theirSchedules = ["step", "polynomial", "cosine"];

export const CLUSTER_FAR: typeof theirClusterFar = 1e-4;
export const DEFAULT_FAR: typeof theirFar = 1e-3;
export const DEFAULT_FARS: typeof theirFars = [1e-2, 1e-3, 1e-4];
export const TOY_MARGINS: typeof theirMargins = [0, 0.1, 0.2, 0.35];
