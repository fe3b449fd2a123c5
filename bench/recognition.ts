/**
 * This project's side of the recognition suite: images in memory → faces, landmarks and embeddings. Prints the rate,
 * and the share of the threads' time that was spent computing. Arguments: threads, images.
 */
import { readFileSync } from "node:fs";
import { openFaces } from "../src/face.ts";
import { decodeImage } from "../src/image.ts";

const [, , threads, ...paths] = process.argv;
const images = await Promise.all(paths.map((path) => decodeImage(readFileSync(path))));
const pipeline = await openFaces({ threads: Number(threads) });
await pipeline.embed(images[0]!);

let faceCount = 0;
const before = process.cpuUsage();
const start = performance.now();
for await (const result of pipeline.stream(images, async (image) => image)) {
  if (result.error !== undefined) throw result.error;
  faceCount += result.faces.length;
}
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
await pipeline.close();
const busyShare = (user + system) / 1e6 / (seconds * Number(threads));
console.log(JSON.stringify({ imagesPerSecond: images.length / seconds, busyShare, faceCount }));
