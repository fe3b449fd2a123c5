/** Detectors by name, from weights that npm installs, and by path, from an ONNX file or MTCNN's manifest. */
import {
  ModelError,
  OptionError,
  ofFile,
  requireBetween,
  requireKnownKeys,
  requirePositive,
} from "../../base/core/index.ts";
import { readBytes } from "../../base/files/index.ts";
import type { Box, RgbImage } from "../../base/image/index.ts";
import type { SessionOptions } from "../../compiler/runtime/index.ts";
import { openBlazeFace } from "./blaze-face.ts";
import { intersectionArea } from "./boxes.ts";
import type { CandidateNetwork } from "./candidate.ts";
import type { DetectedFace, FaceDetector, PhotographDetector } from "./detection.ts";
import { open68Landmarks } from "./landmarks-68.ts";
import { openMeshLandmarks } from "./mesh-landmarks.ts";
import { openMtcnn } from "./mtcnn.ts";
import { type DetectorName, detectorNames } from "./names.ts";
import { openOnnxNetwork } from "./onnx-network.ts";
import { readPhotograph } from "./photograph.ts";
import { searchFaces } from "./search.ts";
import { openSsdMobilenet } from "./ssd-mobilenet.ts";
import { openTinyFace } from "./tiny-face.ts";
import { TwoStageDetector } from "./two-stage.ts";

/** How a detector runs, and which faces it reports. */
export type DetectorOptions = SessionOptions & {
  /** Lowest score of a face, 0 to 1; default: the network's own. */
  readonly minimumScore?: number;
  /**
   * Height of the smallest face to look for, pixels of the image; the time grows with the square of its inverse.
   * Default 32, and in images of more than 7 megapixels the square root of the area divided by 83.
   */
  readonly smallestFace?: number;
};

/**
 * Opens a face detector: one of `detectorNames`, the address of an ONNX file of YuNet or SCRFD, which its outputs
 * identify, or the address of a `.json` manifest of MTCNN's weights, as face-api.js published them.
 * @throws {ModelError} when the file is missing or damaged, or is not a known detector with landmarks.
 */
export async function openDetector(source: string, options: DetectorOptions = {}): Promise<PhotographDetector> {
  requireKnownKeys("options of openDetector", options, {
    minimumScore: true,
    smallestFace: true,
    device: true,
    threads: true,
    profilePrefix: true,
  });
  if (typeof source !== "string") throw new OptionError(`detector: got a ${typeof source}, expected a name or a path`);
  const { minimumScore, smallestFace, ...sessionOptions } = options;
  const limits = { minimumScore, smallestFace };
  if (minimumScore !== undefined) requireBetween("minimumScore", minimumScore, 0, 1);
  if (smallestFace !== undefined) requirePositive("smallestFace", smallestFace);
  return readingPhotographs(await open(source, limits, sessionOptions));
}

function open(source: string, limits: Limits, options: SessionOptions): Promise<FaceDetector> {
  const name = detectorNames.find((known) => known === source);
  if (name !== undefined) return openNamed(name, limits, options);
  const openOther = /\.json$/i.test(source) ? openMtcnn : openFile;
  return ofFile(source, () => openOther(source, limits, options));
}

/** The detector for photographs in any form. It reports no box that lies outside of the image. */
function readingPhotographs(detector: FaceDetector): PhotographDetector {
  return {
    name: detector.name,
    license: detector.license,
    async detect(photograph) {
      const image = await readPhotograph(photograph);
      const whole: Box = { x: 0, y: 0, width: image.width, height: image.height };
      return (await detector.detect(image)).filter(({ box }) => intersectionArea(box, whole) > 0);
    },
    close: () => detector.close(),
  };
}

/** Which faces are reported; undefined for the network's own limits. */
type Limits = { readonly minimumScore: number | undefined; readonly smallestFace: number | undefined };

/** The networks of each name, their licence, and the score below which most candidates are not faces. */
const mediapipe = {
  name: "MediaPipe BlazeFace and face mesh",
  license: "Apache-2.0",
  package: "@mediapipe/face_mesh",
  openCandidates: openBlazeFace,
  openLandmarks: openMeshLandmarks,
  score: 0.5,
};
const named = {
  default: mediapipe,
  mediapipe,
  "ssd-mobilenet": {
    name: "face-api.js SSD-MobileNet and 68 landmarks",
    license: "MIT",
    package: "@vladmandic/face-api",
    openCandidates: openSsdMobilenet,
    openLandmarks: open68Landmarks,
    score: 0.3,
  },
  "tiny-face": {
    name: "face-api.js TinyFaceDetector and 68 landmarks",
    license: "MIT",
    package: "@vladmandic/face-api",
    openCandidates: openTinyFace,
    openLandmarks: open68Landmarks,
    score: 0.3,
  },
} as const;

/** The detectors of `detectorNames`: their networks, and the npm package and licence of the weights. */
export const builtInDetectors = detectorNames.map((key) => {
  const { name: network, package: source, license } = named[key];
  return { name: key, network, package: source, license };
});

async function openNamed(key: DetectorName, limits: Limits, options: SessionOptions) {
  const { name, license, openCandidates, openLandmarks, score } = named[key];
  const candidates = await openCandidates(options);
  const landmarks = await openLandmarks(options);
  const minimumScore = limits.minimumScore ?? score;
  return new TwoStageDetector({ ...limits, name, license, candidates, landmarks, minimumScore });
}

async function openFile(path: string, limits: Limits, options: SessionOptions) {
  let bytes: Uint8Array;
  try {
    bytes = await readBytes(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "error";
    throw new ModelError(
      `detector: cannot read '${path}': ${reason}; expected a file or one of ${detectorNames.join(", ")}`,
      { cause },
    );
  }
  const network = await openOnnxNetwork(bytes, options);
  const minimumScore = limits.minimumScore ?? network.format.minimumScore;
  return new FileDetector(`${network.format.name} (${path})`, network, minimumScore, limits.smallestFace);
}

/** A network whose candidates have landmarks. */
class FileDetector implements FaceDetector {
  readonly name: string;
  readonly license = "unknown";
  readonly #network: CandidateNetwork<DetectedFace>;
  readonly #minimumScore: number;
  readonly #smallestFace: number | undefined;

  constructor(
    name: string,
    network: CandidateNetwork<DetectedFace>,
    minimumScore: number,
    smallestFace: number | undefined,
  ) {
    this.name = name;
    this.#network = network;
    this.#minimumScore = minimumScore;
    this.#smallestFace = smallestFace;
  }

  detect(image: RgbImage): Promise<readonly DetectedFace[]> {
    return searchFaces(this.#network, image, this.#minimumScore, this.#smallestFace);
  }

  async close(): Promise<void> {
    await this.#network.close();
  }
}
