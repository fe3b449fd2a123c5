import { LANDMARK_SIDE, landmarkNetwork, loadPretrained } from "../../compiler/pretrained/index.ts";
import type { SessionOptions } from "../../compiler/runtime/index.ts";
import { LandmarkFinder } from "./landmark-finder.ts";
import { floatsOf, numberAt } from "./outputs.ts";
import { openSquareSession } from "./square-network.ts";

/** Points of the 300-W challenge. */
const COUNT = 68;

/** face-api.js's network of 68 points. It gives no certainty that there is a face. */
export async function open68Landmarks(options: SessionOptions): Promise<LandmarkFinder> {
  const weights = await loadPretrained("face_landmark_68");
  const session = await openSquareSession(
    LANDMARK_SIDE,
    (pixels) => ({ points: landmarkNetwork(pixels, weights) }),
    options,
  );
  return new LandmarkFinder(session, {
    side: LANDMARK_SIDE,
    // Of 0.9 to 1.3, the value with the least deviation from other detectors' landmarks.
    margin: 1.2,
    eyes: [
      [36, 37, 38, 39, 40, 41],
      [42, 43, 44, 45, 46, 47],
    ],
    nose: 30,
    mouth: [48, 54],
    read: (outputs, index) => {
      const points = floatsOf(outputs, "points");
      const start = (number: number) => 2 * (COUNT * index + number);
      return {
        point: (number) => [numberAt(points, start(number)), numberAt(points, start(number) + 1)],
        presence: 1,
      };
    },
  });
}
