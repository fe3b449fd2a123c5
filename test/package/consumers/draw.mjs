// Draws photographs of people: `node draw.mjs FOLDER`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeImage } from "cosface/image";
import { renderScene } from "cosface/synthetic";

for (const seed of [1, 2]) {
  const { image } = renderScene({ seed, minimumFaceHeight: 120, difficulty: 0 });
  writeFileSync(join(process.argv[2], `${seed}.png`), await encodeImage(image, { format: "png" }));
}
