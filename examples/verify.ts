/** Do two photographs show the same person? `tsx examples/verify.ts a.jpg b.jpg` prints the score and what it rests on. */
import { readFile } from "node:fs/promises";
import { decodeImage, faceQuality, mainFace, openFaces, qualityRejections, readCalibration, verify } from "cosface";

const faces = await openFaces();
const calibration = await readCalibration("default", faces.embedder.id);

async function embeddingOf(path: string): Promise<Float32Array> {
  const image = await decodeImage(await readFile(path));
  const face = mainFace(await faces.detector.detect(image), image);
  if (face === undefined) throw new Error("no face on this picture");
  // Whatever speaks against the picture: too small, blurred, dark, turned away.
  for (const { message } of qualityRejections(await faceQuality(image, face))) console.error(`note: ${message}`);
  const [embedded] = await faces.embedFaces(image, [face]);
  return embedded!.embedding;
}

const [left, right] = process.argv.slice(2);
console.log(JSON.stringify(verify(await embeddingOf(left!), await embeddingOf(right!), calibration, 1e-3)));
await faces.close();
