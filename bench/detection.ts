/**
 * Compares face detectors on photographs of one person each. The main face of the reference detector counts as the face
 * of the person; a detector misses it when none of its faces overlaps that one.
 *
 *   npx tsx bench/detection.ts --photos DIR --reference yunet.onnx [--every 4] default ssd-mobilenet tiny-face
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type DetectedFace, mainFace, openDetector } from "../src/face.ts";
import { decodeImage, flipImage, type Landmarks } from "../src/image.ts";
import { renderScene } from "../src/synthetic.ts";
import { median } from "./measurement.ts";

/** Intersection over union from which two boxes count as one face; detectors draw different boxes. */
const SAME_FACE = 0.2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    photos: { type: "string", default: "../shared/lfw/photos" },
    reference: { type: "string", default: "../shared/models/yunet_n_dynamic.onnx" },
    every: { type: "string", default: "1" },
  },
});
const photos = readdirSync(values.photos, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".jpg"))
  .sort()
  .filter((_, i) => i % Number(values.every) === 0)
  .map((name) => join(values.photos, name));
const scenes = Array.from({ length: 24 }, (_, seed) =>
  renderScene({ seed, width: 250, height: 250, minimumFaceHeight: 100, difficulty: 0.3 }),
);

const reference = await openDetector(values.reference);
console.log(`${photos.length} photographs, ${scenes.length} drawn scenes`);
for (const source of [...positionals, values.reference]) {
  const detector = await openDetector(source);
  let missed = 0;
  const milliseconds: number[] = [];
  const fromReference: number[] = [];
  const fromMirrored: number[] = [];
  for (const path of photos) {
    const image = await decodeImage(readFileSync(path));
    const expected = mainFace(await reference.detect(image), image);
    if (expected === undefined) continue;
    const start = performance.now();
    const faces = await detector.detect(image);
    milliseconds.push(performance.now() - start);
    const face = sameFace(faces, expected);
    if (face === undefined) {
      missed++;
      continue;
    }
    fromReference.push(deviation(face.landmarks, expected.landmarks));
    const mirrored = (await detector.detect(flipImage(image))).map((found) => mirrorFace(found, image.width));
    const again = sameFace(mirrored, face);
    if (again !== undefined) fromMirrored.push(deviation(again.landmarks, face.landmarks));
  }
  const fromDrawn: number[] = [];
  for (const { image, faces } of scenes) {
    const face = sameFace(await detector.detect(image), { ...faces[0]!, score: 1 });
    if (face !== undefined) fromDrawn.push(deviation(face.landmarks, faces[0]!.landmarks));
  }
  await detector.close();
  console.log(
    [
      detector.name,
      `missed ${missed}`,
      `from the reference ${percent(fromReference)}`,
      `from its own on the mirror image ${percent(fromMirrored)}`,
      `from the drawn ones ${percent(fromDrawn)} (${fromDrawn.length} found)`,
      `${median(milliseconds).toFixed(1)} ms`,
    ].join(" | "),
  );
}
await reference.close();

function sameFace(faces: readonly DetectedFace[], expected: DetectedFace): DetectedFace | undefined {
  return faces.find(({ box: a }) => {
    const b = expected.box;
    const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
    const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
    const shared = Math.max(0, width) * Math.max(0, height);
    return shared > SAME_FACE * (a.width * a.height + b.width * b.height - shared);
  });
}

/** Mean distance of five points, relative to the expected distance of the eyes. */
function deviation(points: Landmarks, expected: Landmarks): number {
  const [left, right] = expected;
  const distances = points.map(([x, y], i) => Math.hypot(x - expected[i]![0], y - expected[i]![1]));
  return distances.reduce((sum, one) => sum + one, 0) / 5 / Math.hypot(right[0] - left[0], right[1] - left[1]);
}

function mirrorFace({ box, score, landmarks }: DetectedFace, width: number): DetectedFace {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks.map(([x, y]) => [width - 1 - x, y] as const) as [
    ...Landmarks,
  ];
  return {
    box: { ...box, x: width - 1 - box.x - box.width },
    score,
    landmarks: [rightEye, leftEye, nose, rightMouth, leftMouth],
  };
}

/** Median of shares, as a percentage. */
function percent(shares: readonly number[]): string {
  return shares.length === 0 ? "none" : `${(100 * median(shares)).toFixed(1)} %`;
}
