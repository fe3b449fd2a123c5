/** Which faces belong together? `tsx examples/cluster.ts *.jpg` prints a cluster for each face, −1 for those alone. */
import { readFile } from "node:fs/promises";
import { CLUSTER_FAR, cluster, decodeImage, openFaces, readCalibration, thresholdFor } from "cosface";

const faces = await openFaces();
const size = faces.embedder.contract.embeddingSize;
const rows: number[] = [];
const sources: string[] = [];
for await (const picture of faces.stream(process.argv.slice(2), async (path) => decodeImage(await readFile(path)))) {
  if (picture.error !== undefined) throw picture.error;
  for (const { embedding } of picture.faces) {
    rows.push(...embedding);
    sources.push(picture.item);
  }
}
const calibration = await readCalibration("default", faces.embedder.id);
const { threshold } = thresholdFor(calibration, CLUSTER_FAR);
const { labels } = cluster({ count: sources.length, size, data: Float32Array.from(rows) }, { threshold });
for (const [i, source] of sources.entries()) console.log(JSON.stringify({ source, cluster: labels[i] }));
await faces.close();
