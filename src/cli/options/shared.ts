/** Options that many commands share, as data. A command spreads the groups that it takes into its own options. */
import { devices } from "../../compiler/runtime/names.ts";
import { channelOrders, DEFAULT_EMBEDDER, flipRules, templateNames } from "../../faces/embedder/names.ts";
import { detectorNames } from "../../faces/face/names.ts";
import { DEFAULT_FAR } from "../../faces/people/names.ts";
import { defineOptions, type FlagsOf } from "../declaration.ts";
import { parseBetween, parseCount, parseNumber, parsePositive, parsePositiveCount, parseRate } from "../parse.ts";

/** `--json`, with what it prints. */
export function jsonOption(help = "print JSON") {
  return { help } as const;
}

/** Where networks run. */
export const sessionOptions = defineOptions({
  threads: { value: "n", parse: parseCount, help: "threads of the CPU", otherwise: "all cores" },
  device: { value: "name", choices: devices, help: "where networks run", otherwise: "cpu" },
});
/** Flags of {@link sessionOptions}. */
export type SessionFlags = FlagsOf<typeof sessionOptions>;

const BY_MODEL = "as the model says";

/** Preprocessing of an embedder, for files that do not state it. */
export const contractOptions = defineOptions({
  flip: { value: "rule", choices: flipRules, help: "use of the mirrored image", otherwise: BY_MODEL },
  mean: { value: "x", parse: parseNumber, help: "input = (pixel − mean) / std", otherwise: BY_MODEL },
  std: { value: "x", parse: parsePositive, help: "see --mean", otherwise: BY_MODEL },
  channels: { value: "order", choices: channelOrders, help: "order of the color planes", otherwise: BY_MODEL },
  template: {
    value: "name",
    help: `positions of the landmarks: ${templateNames.join(", ")}, or five points as JSON`,
    otherwise: BY_MODEL,
  },
  output: {
    value: "name",
    help: "which output is the embedding, for a network with several",
    otherwise: "the only embedding",
  },
});
/** Flags of {@link contractOptions}. */
export type ContractFlags = FlagsOf<typeof contractOptions>;

/** What one image may cost, of commands that read images; `defineCommand` applies them. */
export const imageLimitOptions = defineOptions({
  maxPixels: { value: "n", parse: parsePositiveCount, otherwise: "50000000", help: "most pixels of an image" },
  maxSide: { value: "pixels", parse: parsePositiveCount, otherwise: "65535", help: "longest side of an image" },
  maxAspect: {
    value: "ratio",
    parse: parsePositive,
    otherwise: "1000",
    help: "how many times an image's longer side may be the shorter one",
  },
  maxSeconds: { value: "s", parse: parsePositive, otherwise: "30", help: "longest time to decode an image" },
});

/** The detector of commands that look for faces, and which faces it reports. */
export const detectorOptions = defineOptions({
  detector: {
    value: "model",
    help: `${detectorNames.join(", ")}, a pulled model, the ONNX file of YuNet or SCRFD, or the manifest of MTCNN's weights`,
    default: detectorNames[0],
  },
  minimumScore: {
    value: "x",
    parse: parseBetween(0, 1),
    otherwise: "what suits the detector",
    help: "leave out faces with a lower score",
  },
  smallestFace: {
    value: "pixels",
    parse: parsePositive,
    otherwise: "32, more in very large images",
    help: "height of the smallest face to look for; a smaller value takes longer",
  },
  ...imageLimitOptions,
});

/** Model, detector and preprocessing of commands that compare faces. */
export const recognitionOptions = defineOptions({
  model: {
    value: "model",
    help: "default, a pulled model, or an ONNX file that maps N×3×H×W to N×d",
    default: DEFAULT_EMBEDDER,
  },
  ...detectorOptions,
  aligned: {
    help: "the images are aligned crops: embed them without looking for faces",
    conflicts: ["detector", "minimumScore", "smallestFace"],
  },
  ...contractOptions,
  ...sessionOptions,
});
/** Flags of {@link recognitionOptions}. */
export type RecognitionFlags = FlagsOf<typeof recognitionOptions>;

/** `--far` and `--threshold`. @param byDefault - the rate where neither is given. */
export function thresholdOptions(byDefault: number = DEFAULT_FAR) {
  return defineOptions({
    far: {
      value: "rate",
      parse: parseRate,
      help: "false accept rate; one that the model is calibrated for",
      otherwise: formatRate(byDefault),
    },
    threshold: {
      value: "cosine",
      parse: parseBetween(-1, 1),
      help: "lowest score that is accepted, instead of --far",
      conflicts: ["far"],
    },
  });
}
/** Flags of {@link thresholdOptions}. */
export type ThresholdFlags = FlagsOf<ReturnType<typeof thresholdOptions>>;

/** Which face of a photograph counts. */
export const faceOptions = defineOptions({
  face: {
    value: "rule",
    choices: ["only", "largest"],
    default: "only",
    help: "of several faces in an image: refuse the image, or take the largest near the middle",
  },
});
/** Rule of {@link faceOptions}. */
export type FaceRule = FlagsOf<typeof faceOptions>["face"];

/** 0.001 → "1e-3". */
export function formatRate(rate: number): string {
  return rate.toExponential();
}
