/**
 * The embedder that `npm install` provides: dlib's face recognition network, from the weights in
 * `@vladmandic/face-api`, as an ONNX file with its contract like any other.
 */
import { type Landmarks, landmarkTemplate } from "../../base/image/index.ts";
import { writeOnnx } from "../../compiler/onnx/index.ts";
import { faceRecognitionGraph, loadPretrained } from "../../compiler/pretrained/index.ts";
import { contractMetadata, LICENSE_KEY } from "./contract.ts";

/** Licence of the weights: dlib's author gave them to the public domain, and the package that carries them is MIT. */
const LICENSE = "CC0-1.0 (weights, Davis King); MIT (@vladmandic/face-api, which carries them)";

const SIDE = 150;

/**
 * Positions of the landmarks in the input: InsightFace's template, 1.5 times as large as at 112×112, its mean 3 pixels
 * below the middle. dlib aligned its training faces by other landmarks, so both numbers were found by trial
 * (docs/notes/recognition.md).
 */
const TEMPLATE_SCALE = 1.5;
const TEMPLATE_DROP = 3;

function template(): Landmarks {
  const points = landmarkTemplate(112, 112);
  const middle = (SIDE - 1) / 2;
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const rounded = (value: number) => Number(value.toFixed(3));
  return points.map(([x, y]) => [
    rounded(middle + (x - meanX) * TEMPLATE_SCALE),
    rounded(middle + (y - meanY) * TEMPLATE_SCALE + TEMPLATE_DROP),
  ]) as unknown as Landmarks;
}

/** The default embedder as the bytes of an ONNX file. */
export async function defaultEmbedderFile(): Promise<Uint8Array> {
  const metadata = contractMetadata({
    inputSize: [SIDE, SIDE],
    embeddingSize: 128,
    channels: "rgb",
    mean: 0,
    std: 1,
    template: template(),
    flip: "sum",
  });
  const graph = faceRecognitionGraph(await loadPretrained("face_recognition"));
  return writeOnnx(graph, { metadata: { ...metadata, [LICENSE_KEY]: LICENSE } });
}
