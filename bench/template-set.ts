/**
 * Writes a set in the shape of IJB-C, with random people: images, templates and pairs as many as wanted, embeddings
 * instead of images.
 *
 *   tsx bench/template-set.ts FOLDER TEMPLATES IMAGES PAIRS PROBES SEED
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { type Random, random } from "../src/base/core/index.ts";

const SIZE = 512;
/** Templates of a person, as in IJB-C: 23,124 of 3,531 people. */
const TEMPLATES_PER_PERSON = 7;
/** Media of a template at most. */
const MEDIA = 4;
/** Length of an image's noise beside the person's own direction, which has length 1: some templates have one image. */
const NOISE = 4;
/** One genuine pair in so many: IJB-C has 19,557 in 15,658,489. */
const PAIRS_PER_GENUINE = 800;

const [folder = "", ...counts] = process.argv.slice(2);
const [templateCount = 0, imageCount = 0, pairCount = 0, probeCount = 0, seed = 1] = counts.map(Number);
const personCount = Math.floor(templateCount / TEMPLATES_PER_PERSON);
const personOf = (template: number) => template % personCount;

await mkdir(join(folder, "meta"), { recursive: true });
const stream = random(seed, "templates");
const templates = Uint32Array.from({ length: imageCount }, (_, image) =>
  image < templateCount ? image : stream.integer(templateCount),
);
await writeLines(
  "ijbc_face_tid_mid.txt",
  imageCount,
  (image) => `${image}.jpg ${templates[image]} ${stream.integer(MEDIA)}`,
);
const points = Array.from({ length: 10 }, (_, i) => 30 + 5 * i).join(" ");
await writeLines(
  "ijbc_name_5pts_score.txt",
  imageCount,
  (image) => `${image}.jpg ${points} ${stream.uniform(0.5, 1).toFixed(6)}`,
);
await writeLines("ijbc_template_pair_label.txt", pairCount, (pair) => {
  const left = stream.integer(templateCount);
  if (pair % PAIRS_PER_GENUINE === 0) {
    const right = personOf(left) + personCount * stream.integer(TEMPLATES_PER_PERSON);
    return `${left} ${right} 1`;
  }
  const right = stream.integer(templateCount);
  return `${left} ${right} ${Number(personOf(left) === personOf(right))}`;
});
// The first template of each person is enrolled; others are probes.
const csv = (template: number) => `${template},${personOf(template)}`;
const half = Math.floor(personCount / 2);
await writeLines("ijbc_1N_gallery_G1.csv", half + 1, (row) => (row === 0 ? "TEMPLATE_ID,SUBJECT_ID" : csv(row - 1)));
await writeLines("ijbc_1N_gallery_G2.csv", personCount - half + 1, (row) =>
  row === 0 ? "TEMPLATE_ID,SUBJECT_ID" : csv(half + row - 1),
);
await writeLines("ijbc_1N_probe_mixed.csv", probeCount + 1, (row) =>
  row === 0 ? "TEMPLATE_ID,SUBJECT_ID" : csv(personCount + row - 1),
);
await writeEmbeddings(random(seed, "embeddings"));

async function writeLines(name: string, count: number, line: (i: number) => string): Promise<void> {
  const file = createWriteStream(join(folder, "meta", name));
  for (let i = 0; i < count; ) {
    const part: string[] = [];
    for (; i < count && part.length < 10_000; i++) part.push(`${line(i)}\n`);
    if (!file.write(part.join(""))) await once(file, "drain");
  }
  file.end();
  await finished(file);
}

async function writeEmbeddings(draws: Random): Promise<void> {
  const centers = Float32Array.from({ length: personCount * SIZE }, () => draws.normal(0, 1 / Math.sqrt(SIZE)));
  const data = new Float32Array(imageCount * SIZE);
  for (let i = 0; i < data.length; i++) {
    const person = personOf(templates[Math.floor(i / SIZE)] ?? 0);
    data[i] = (centers[person * SIZE + (i % SIZE)] ?? 0) + draws.normal(0, NOISE / Math.sqrt(SIZE));
  }
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${imageCount}, ${SIZE}), }`;
  const header = Buffer.alloc(128, " ");
  header.write("\u0093NUMPY\u0001\u0000", "latin1");
  header.writeUInt16LE(118, 8);
  header.write(text, 10, "latin1");
  header.write("\n", 127, "latin1");
  await writeFile(join(folder, "embeddings.npy"), [header, new Uint8Array(data.buffer)]);
}
