import { ModelError } from "../../base/core/index.ts";
import { reshape } from "../../compiler/graph/index.ts";
import { loadMediapipe, normalizePixels } from "../../compiler/pretrained/index.ts";
import type { SessionOptions } from "../../compiler/runtime/index.ts";
import { LandmarkFinder } from "./landmark-finder.ts";
import { floatsOf, numberAt } from "./outputs.ts";
import { openSquareSession, sigmoid } from "./square-network.ts";

/** Points of the mesh, of three coordinates each. */
const COUNT = 468;

/** MediaPipe's face mesh (Kartynnik et al., 2019): 468 points, and the certainty that there is a face. */
export async function openMeshLandmarks(options: SessionOptions): Promise<LandmarkFinder> {
  const network = await loadMediapipe("face_landmark");
  const [side] = network.inputSize;
  const session = await openSquareSession(
    side,
    (pixels) => {
      const [points, presence] = network.build(normalizePixels(pixels, [0, 0, 0], 255));
      if (points === undefined || presence === undefined) throw new ModelError("face mesh: expected two outputs");
      return { points, presence: reshape(presence, ["batch"]) };
    },
    options,
  );
  return new LandmarkFinder(session, {
    side,
    // As MediaPipe's own graph enlarges the detector's boxes.
    margin: 1.5,
    eyes: [
      [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
      [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
    ],
    nose: 1,
    mouth: [61, 291],
    read: (outputs, index) => {
      const [points, presence] = [floatsOf(outputs, "points"), floatsOf(outputs, "presence")];
      const coordinate = (number: number, axis: 0 | 1) => numberAt(points, 3 * (COUNT * index + number) + axis) / side;
      return {
        point: (number) => [coordinate(number, 0), coordinate(number, 1)],
        presence: sigmoid(numberAt(presence, index)),
      };
    },
  });
}
