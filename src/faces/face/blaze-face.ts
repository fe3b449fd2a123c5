import { ModelError } from "../../base/core/index.ts";
import { loadMediapipe, normalizePixels } from "../../compiler/pretrained/index.ts";
import type { SessionOptions } from "../../compiler/runtime/index.ts";
import type { Candidate, CandidateNetwork } from "./candidate.ts";
import { floatsOf, numberAt } from "./outputs.ts";
import { openSquareSession, SquareNetwork, sigmoid } from "./square-network.ts";

/** Images up to this size are searched whole: a face of an eighth of it is still found. */
const SIDE = 256;
/** Numbers for each anchor: center and size of the box, then six points, x and y each. */
const ANCHOR_NUMBERS = 16;
/** Index of the x of the left and of the right eye among them; the y follows. */
const LEFT_EYE = 4;
const RIGHT_EYE = 6;

/** Middles of the anchors, as shares of the side: two in each of 16 × 16 cells, then six in each of 8 × 8. */
const anchors = [
  { cells: 16, count: 2 },
  { cells: 8, count: 6 },
].flatMap(({ cells, count }) =>
  Array.from({ length: cells * cells * count }, (_, i) => {
    const cell = Math.floor(i / count);
    return [((cell % cells) + 0.5) / cells, (Math.floor(cell / cells) + 0.5) / cells] as const;
  }),
);

/** BlazeFace (Bazarevsky et al., 2019), MediaPipe's network for faces within two meters. */
export async function openBlazeFace(options: SessionOptions): Promise<CandidateNetwork> {
  const network = await loadMediapipe("face_detection_short_range");
  const [inputSide] = network.inputSize;
  const session = await openSquareSession(
    inputSide,
    (pixels) => {
      const [regressions, logits] = network.build(normalizePixels(pixels, [127.5, 127.5, 127.5], 127.5));
      if (regressions === undefined || logits === undefined) throw new ModelError("BlazeFace: expected two outputs");
      return { regressions, logits };
    },
    options,
  );
  return new SquareNetwork(SIDE, inputSide, session, (outputs, minimumScore) => {
    const [rows, scores] = [floatsOf(outputs, "regressions"), floatsOf(outputs, "logits")];
    const found: Candidate[] = [];
    for (const [i, [anchorX, anchorY]] of anchors.entries()) {
      const score = sigmoid(numberAt(scores, i));
      if (score < minimumScore) continue;
      // Pixels of the network's input, relative to the anchor.
      const at = (number: number) => numberAt(rows, ANCHOR_NUMBERS * i + number) / inputSide;
      const [width, height] = [at(2), at(3)];
      const box = { x: anchorX + at(0) - width / 2, y: anchorY + at(1) - height / 2, width, height };
      const axis = [at(RIGHT_EYE) - at(LEFT_EYE), at(RIGHT_EYE + 1) - at(LEFT_EYE + 1)] as const;
      found.push({ box, score, axis });
    }
    return found;
  });
}
