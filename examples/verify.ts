/** Do two photographs show the same person? `tsx examples/verify.ts a.jpg b.jpg` prints the score and its threshold. */
import { faceQuality, findFace, openFaces, qualityRejections, readPhotograph, verify } from "cosface";

const faces = await openFaces();
const [a, b] = process.argv.slice(2);
if (a === undefined || b === undefined) throw new Error("expected two photographs");

// Reasons to take other photographs: a face that is too small, blurred, dark or turned away.
for (const path of [a, b]) {
  const image = await readPhotograph(path);
  const quality = await faceQuality(image, await findFace(faces, image));
  for (const { message } of qualityRejections(quality)) console.error(`note: ${path}: ${message}`);
}

console.log(JSON.stringify(await verify(a, b, { faces })));
await faces.close();
