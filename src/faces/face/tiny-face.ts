import { loadPretrained, tinyFaceDetector } from "../../compiler/pretrained/index.ts";
import type { SessionOptions } from "../../compiler/runtime/index.ts";
import type { Candidate, CandidateNetwork } from "./candidate.ts";
import { floatsOf, numberAt } from "./outputs.ts";
import { openSquareSession, SquareNetwork, sigmoid } from "./square-network.ts";

/** Anchors of TinyFaceDetector, [width, height] in cells of 32 pixels. */
const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const;
const CELL = 32;

/** Side of its images, pixels: face-api.js's default. */
const SIDE = 416;

/** TinyFaceDetector of face-api.js. */
export async function openTinyFace(options: SessionOptions): Promise<CandidateNetwork> {
  const weights = await loadPretrained("tiny_face_detector");
  const session = await openSquareSession(SIDE, (pixels) => ({ anchors: tinyFaceDetector(pixels, weights) }), options);
  const columns = SIDE / CELL;
  return new SquareNetwork(SIDE, SIDE, session, (outputs, minimumScore) => {
    const rows = floatsOf(outputs, "anchors");
    const found: Candidate[] = [];
    for (let i = 0; 5 * i < rows.length; i++) {
      const at = (number: number) => numberAt(rows, 5 * i + number);
      const score = sigmoid(at(4));
      if (score < minimumScore) continue;
      const cell = Math.floor(i / ANCHORS.length);
      const [anchorWidth, anchorHeight] = ANCHORS[i % ANCHORS.length] ?? ANCHORS[0];
      const width = (Math.exp(at(2)) * anchorWidth) / columns;
      const height = (Math.exp(at(3)) * anchorHeight) / columns;
      const x = ((cell % columns) + sigmoid(at(0))) / columns - width / 2;
      const y = (Math.floor(cell / columns) + sigmoid(at(1))) / columns - height / 2;
      found.push({ box: { x, y, width, height }, score });
    }
    return found;
  });
}
