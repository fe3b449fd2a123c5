/** Enrolls into the gallery in the folder of the first argument, and reports each written batch, until it is killed. */
import { openGallery } from "../../src/service/gallery/index.ts";

const gallery = await openGallery({ location: process.argv[2]! });
const collection = await gallery.collection("people");
for (let batch = 0; ; batch++) {
  await collection.enrollMany(
    Array.from({ length: 20 }, (_, i) => ({
      subject: `person ${batch}-${i % 5}`,
      embedding: Float32Array.from({ length: 64 }, (_, j) => 1 + ((batch + i * j) % 7)),
      model: "test-model",
      thumbnail: new Uint8Array(500).fill(i),
    })),
  );
  process.stdout.write(`${batch}\n`);
}
