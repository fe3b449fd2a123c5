/**
 * MTCNN (Zhang et al., 2016): three networks, each of which sees less of the image, and in more detail. P-Net proposes
 * squares everywhere, R-Net drops most of them, O-Net judges the rest and finds the landmarks. Between two networks,
 * boxes are moved to where the last one saw the face, and overlapping ones are dropped.
 */
import type { Box, Landmarks, RgbImage } from "../../base/image/index.ts";
import { input, type Value } from "../../compiler/graph/index.ts";
import {
  loadWeights,
  MTCNN_SIDES,
  mtcnnShapes,
  outputNetwork,
  proposalNetwork,
  refinementNetwork,
} from "../../compiler/pretrained/index.ts";
import { compile, type Session, type SessionOptions } from "../../compiler/runtime/index.ts";
import { intersectionOverSmaller, suppressOverlaps } from "./boxes.ts";
import type { DetectedFace, FaceDetector } from "./detection.ts";
import { cropFrames, type Frame, frameAround, fromFrame } from "./frame.ts";
import type { Point } from "./landmarks.ts";
import { type Proposal, proposeFaces, type Regression, regressionAt, TILE_SIDE } from "./mtcnn-proposals.ts";
import { floatsOf, numberAt } from "./outputs.ts";

/** Scores from which R-Net and O-Net keep a face, and overlap from which boxes show one: the paper's code. */
const REFINEMENT_SCORE = 0.7;
const OUTPUT_SCORE = 0.7;
const MAXIMUM_OVERLAP = 0.7;
/** Squares in one run. */
const BATCH = 64;

/** Which faces are reported; undefined for MTCNN's own limits. */
type Limits = { readonly minimumScore: number | undefined; readonly smallestFace: number | undefined };

/**
 * MTCNN with the weights of a manifest, such as face-api.js's `mtcnn_model-weights_manifest.json`.
 * @throws {ModelError} when its files are missing, damaged, or of another network.
 */
export async function openMtcnn(path: string, limits: Limits, options: SessionOptions): Promise<FaceDetector> {
  const weights = await loadWeights(path);
  weights.requireShapes(mtcnnShapes);
  const open = async (side: number, build: (pixels: Value) => { readonly [name: string]: Value }) => {
    const outputs = build(input("pixels", "u8", ["batch", side, side, 3]));
    return (await compile({ name: "mtcnn", outputs }, options)).session;
  };
  return new Mtcnn(`MTCNN (${path})`, limits, {
    pnet: await open(TILE_SIDE, (pixels) => proposalNetwork(pixels, weights)),
    rnet: await open(MTCNN_SIDES.rnet, (pixels) => refinementNetwork(pixels, weights)),
    onet: await open(MTCNN_SIDES.onet, (pixels) => outputNetwork(pixels, weights)),
  });
}

type Sessions = { readonly [network in keyof typeof MTCNN_SIDES]: Session };

class Mtcnn implements FaceDetector {
  readonly name: string;
  readonly license = "unknown";
  readonly #minimumScore: number;
  readonly #smallestFace: number | undefined;
  readonly #sessions: Sessions;

  constructor(name: string, { minimumScore = OUTPUT_SCORE, smallestFace }: Limits, sessions: Sessions) {
    this.name = name;
    this.#minimumScore = minimumScore;
    this.#smallestFace = smallestFace;
    this.#sessions = sessions;
  }

  async detect(image: RgbImage): Promise<readonly DetectedFace[]> {
    const { pnet, rnet, onet } = this.#sessions;
    const proposed = regressBoxes(await proposeFaces(pnet, image, this.#smallestFace));
    const refined = await judge(rnet, MTCNN_SIDES.rnet, image, proposed, REFINEMENT_SCORE);
    const kept = regressBoxes(suppressOverlaps(refined, MAXIMUM_OVERLAP));
    const judged = await judge(onet, MTCNN_SIDES.onet, image, kept, this.#minimumScore);
    const faces = suppressOverlaps(regressBoxes(judged), MAXIMUM_OVERLAP, intersectionOverSmaller);
    return faces.flatMap(({ box, score, points, frame }) =>
      points === undefined ? [] : [{ box, score, landmarks: landmarksIn(frame, points) }],
    );
  }

  async close(): Promise<void> {
    for (const session of Object.values(this.#sessions)) await session.close();
  }
}

/** A judged square: its frame in the image, and the landmarks in it if the network finds them. */
type Judged = Proposal & { readonly frame: Frame; readonly points: Float32Array | undefined };

/** Runs a network on the squares around boxes; returns those with at least `minimumScore`. */
async function judge(
  session: Session,
  side: number,
  image: RgbImage,
  found: readonly { readonly box: Box }[],
  minimumScore: number,
): Promise<Judged[]> {
  const frames = found.map(({ box }) => frameAround(box, 1));
  const judged: Judged[] = [];
  for (let start = 0; start < frames.length; start += BATCH) {
    const part = frames.slice(start, start + BATCH);
    const outputs = await session.run({ pixels: await cropFrames(image, part, side) });
    const [scores, regressions] = [floatsOf(outputs, "scores"), floatsOf(outputs, "regressions")];
    const points = outputs.points === undefined ? undefined : floatsOf(outputs, "points");
    for (const [i, frame] of part.entries()) {
      const score = numberAt(scores, i);
      if (!(score >= minimumScore)) continue;
      const regression = regressionAt(regressions, i);
      judged.push({ box: boxOf(frame), score, regression, frame, points: points?.subarray(10 * i, 10 * i + 10) });
    }
  }
  return judged;
}

function boxOf({ center: [x, y], side }: Frame): Box {
  return { x: x - side / 2, y: y - side / 2, width: side, height: side };
}

/** Boxes moved to where the network saw the face; boxes with a right edge left of the left one are dropped. */
function regressBoxes<T extends Proposal>(found: readonly T[]): T[] {
  const moved = found.map((one) => ({ ...one, box: regressBox(one.box, one.regression) }));
  return moved.filter(({ box }) => box.width > 0 && box.height > 0);
}

/** A box whose edges are moved, in widths and heights of the box. */
export function regressBox({ x, y, width, height }: Box, [left, top, right, bottom]: Regression): Box {
  return {
    x: x + left * width,
    y: y + top * height,
    width: (1 + right - left) * width,
    height: (1 + bottom - top) * height,
  };
}

/** O-Net's points, x of all five and then y, in pixels of the image. */
export function landmarksIn(frame: Frame, points: Float32Array): Landmarks {
  const point = (i: number): Point => fromFrame(frame, [numberAt(points, i), numberAt(points, i + 5)]);
  return [point(0), point(1), point(2), point(3), point(4)];
}
