/**
 * The guide's snippets as programs, and the files that they work with: drawn people under the names that the pages use.
 */
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeImage, type RgbImage } from "../../src/base/image/index.ts";
import { renderFace, syntheticFaces, syntheticIdentity } from "../../src/training/synthetic/index.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** README.md and the pages of docs/guide/: text by path, such as "docs/guide/train.md". */
export async function readPages(): Promise<ReadonlyMap<string, string>> {
  const guide = (await readdir(join(ROOT, "docs", "guide"))).filter((name) => name.endsWith(".md")).sort();
  const paths = ["README.md", ...guide.map((name) => `docs/guide/${name}`)];
  const texts = paths.map(async (path) => [path, await readFile(join(ROOT, path), "utf8")] as const);
  return new Map(await Promise.all(texts));
}

/** The fenced blocks of a page in a language. */
export function blocks(page: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...page.matchAll(fence)].map(([, text = ""]) => text);
}

/** A page's TypeScript as one program: its snippets in their order. */
export function program(page: string): string {
  return `${blocks(page, "ts").join("\n")}\nexport {};\n`;
}

/** Draws what the snippets read into a folder. */
export async function drawFiles(folder: string): Promise<void> {
  const photograph = (person: number, seed: number) =>
    renderFace(syntheticIdentity(7, person), { seed: seed + 10 * person, width: 256, height: 256, difficulty: 0.1 })
      .image;
  const write = async (path: string, image: RgbImage) =>
    writeFile(join(folder, path), await encodeImage(image, { format: "png" }));
  await write("ann.png", photograph(0, 1));
  await write("ann-again.png", photograph(0, 2));
  await write("ben.png", photograph(1, 1));
  const party = besideEachOther(photograph(0, 3), photograph(1, 3));
  await write("party.png", party);
  const jpegs = {
    "a.jpg": photograph(0, 1),
    "b.jpg": photograph(0, 2),
    "ann.jpg": photograph(0, 6),
    "party.jpg": party,
  };
  for (const [name, image] of Object.entries(jpegs)) {
    await writeFile(join(folder, name), await encodeImage(image, { format: "jpeg" }));
  }
  for (const [person, name] of ["Ann", "Ben"].entries()) {
    await mkdir(join(folder, "family", name), { recursive: true });
    for (const seed of [4, 5]) await write(join("family", name, `${seed}.png`), photograph(person, seed));
  }
  for (let person = 0; person < 10; person++) {
    await mkdir(join(folder, "people", `person ${person}`), { recursive: true });
    for (const seed of [1, 2]) await write(join("people", `person ${person}`, `${seed}.png`), photograph(person, seed));
  }
  const crops = syntheticFaces({ identityCount: 6, imagesPerIdentity: 4, seed: 3, height: 112, width: 96 });
  await mkdir(join(folder, "table"));
  const lines: string[] = [];
  for await (const { image, label } of crops) {
    const name = `${lines.length}.png`;
    await mkdir(join(folder, "faces", `person ${label}`), { recursive: true });
    await write(join("faces", `person ${label}`, name), image);
    await cp(join(folder, "faces", `person ${label}`, name), join(folder, "table", name));
    lines.push(`${name},person ${label}`);
  }
  await writeFile(join(folder, "table", "faces.csv"), `${lines.join("\n")}\n`);
}

function besideEachOther(left: RgbImage, right: RgbImage): RgbImage {
  const { height, width } = left;
  const data = new Uint8Array(2 * left.data.length);
  for (let row = 0; row < height; row++) {
    data.set(left.data.subarray(3 * width * row, 3 * width * (row + 1)), 6 * width * row);
    data.set(right.data.subarray(3 * width * row, 3 * width * (row + 1)), 6 * width * row + 3 * width);
  }
  return { width: 2 * width, height, data };
}
