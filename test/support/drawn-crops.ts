/** A folder of people whose aligned crops are blocks of gray, nearly equal for one person. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { random } from "../../src/base/core/index.ts";
import { encodeImage } from "../../src/base/image/index.ts";

const SIDE = 112;
const BLOCK = 28;

/** Writes two crops each of `Person 1`, `Person 2` … into a folder. */
export async function writeDrawnCrops(folder: string, personCount: number): Promise<void> {
  for (let person = 0; person < personCount; person++) {
    const levels = random(1, "drawn crops", person);
    const means = Array.from({ length: (SIDE / BLOCK) ** 2 }, () => levels.uniform(40, 200));
    const path = join(folder, `Person ${person + 1}`);
    await mkdir(path, { recursive: true });
    for (const image of [1, 2]) {
      const noise = random(image, "noise of a crop", person);
      const blocks = means.map((mean) => mean + noise.normal(0, 15));
      const data = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % SIDE, Math.floor(i / (3 * SIDE))];
        return Math.max(0, Math.min(255, blocks[(SIDE / BLOCK) * Math.floor(y / BLOCK) + Math.floor(x / BLOCK)] ?? 0));
      });
      const bytes = await encodeImage({ width: SIDE, height: SIDE, data }, { format: "png" });
      await writeFile(join(path, `${image}.png`), bytes);
    }
  }
}
