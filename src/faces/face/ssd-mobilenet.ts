import { loadPretrained, SSD_SIDE, ssdAnchors, ssdMobilenet } from "../../compiler/pretrained/index.ts";
import type { SessionOptions } from "../../compiler/runtime/index.ts";
import type { Candidate, CandidateNetwork } from "./candidate.ts";
import { floatsOf, numberAt } from "./outputs.ts";
import { openSquareSession, SquareNetwork, sigmoid } from "./square-network.ts";

/** Scales of encoded centers and of encoded log sizes (TensorFlow's object detection API). */
const CENTER_VARIANCE = 0.1;
const SIZE_VARIANCE = 0.2;

/** SSD-MobileNet v1 of face-api.js. */
export async function openSsdMobilenet(options: SessionOptions): Promise<CandidateNetwork> {
  const weights = await loadPretrained("ssd_mobilenetv1");
  const session = await openSquareSession(SSD_SIDE, (pixels) => ssdMobilenet(pixels, weights), options);
  const anchors = ssdAnchors(weights);
  return new SquareNetwork(SSD_SIDE, SSD_SIDE, session, (outputs, minimumScore) => {
    const [encodings, logits] = [floatsOf(outputs, "boxes"), floatsOf(outputs, "classes")];
    const found: Candidate[] = [];
    for (let i = 0; 4 * i < encodings.length; i++) {
      const score = sigmoid(numberAt(logits, 3 * i + 1));
      if (score < minimumScore) continue;
      const anchor = (edge: number) => numberAt(anchors, 4 * i + edge);
      const [top, left, bottom, right] = [anchor(0), anchor(1), anchor(2), anchor(3)] as const;
      const encoded = (number: number) => numberAt(encodings, 4 * i + number);
      const [dy, dx, dh, dw] = [encoded(0), encoded(1), encoded(2), encoded(3)] as const;
      const height = Math.exp(SIZE_VARIANCE * dh) * (bottom - top);
      const width = Math.exp(SIZE_VARIANCE * dw) * (right - left);
      const y = (top + bottom) / 2 + CENTER_VARIANCE * dy * (bottom - top) - height / 2;
      const x = (left + right) / 2 + CENTER_VARIANCE * dx * (right - left) - width / 2;
      found.push({ box: { x, y, width, height }, score });
    }
    return found;
  });
}
