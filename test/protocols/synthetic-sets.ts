/**
 * Small benchmarks in the published formats, with embeddings of whole numbers, so that every machine makes the same
 * files. In the set "tied" the numbers are −1, 0 and 1, and many scores are equal; in "fine" few are.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Random, random } from "../../src/base/core/index.ts";

/** A set of embeddings, before it is written. */
type Rows = { readonly count: number; readonly size: number; readonly data: Float32Array };

/** How the numbers of a set are drawn. */
type Draw = {
  readonly size: number;
  readonly levels: number;
  readonly spread: number;
  /** Most media of a template, and most images of a medium. */
  readonly media: number;
  readonly images: number;
  /** Detector scores are multiples of its reciprocal. */
  readonly scores: number;
};

const draws: Readonly<Record<string, Draw>> = {
  fine: { size: 6, levels: 40, spread: 30, media: 3, images: 3, scores: 64 },
  tied: { size: 4, levels: 1, spread: 1, media: 2, images: 1, scores: 1 },
};

/** Names of the sets. */
export const setNames: readonly string[] = Object.keys(draws);

/** Writes sets below a folder, each into one of its name. */
export async function writeSyntheticSets(folder: string, names = setNames): Promise<void> {
  for (const [name, draw] of Object.entries(draws)) {
    if (!names.includes(name)) continue;
    await writeIjbc(join(folder, name), draw, random(1, name, "ijbc"));
    await writeTinyFace(join(folder, name), draw, random(1, name, "tinyface"));
    await writeMegaFace(join(folder, name), draw, random(1, name, "megaface"));
  }
}

/** The bytes of numpy's format. */
export function npyBytes({ count, size, data }: Rows, type: "<f4" | "<f8" = "<f4", isVector = false): Uint8Array {
  const shape = isVector ? `(${size},)` : `(${count}, ${size})`;
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = `${text.padEnd(64 * Math.ceil((11 + text.length) / 64) - 11)}\n`;
  const numbers = type === "<f4" ? data : Float64Array.from(data);
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length & 255, header.length >> 8]),
    Buffer.from(header, "latin1"),
    Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength),
  ]);
}

/** The bytes of a feature file of MegaFace's devkit. */
export function featureBinBytes(feature: ArrayLike<number>): Uint8Array {
  const bytes = Buffer.alloc(16 + 4 * feature.length);
  for (const [i, value] of [feature.length, 1, 4, 5].entries()) bytes.writeInt32LE(value, 4 * i);
  for (let i = 0; i < feature.length; i++) bytes.writeFloatLE(feature[i] ?? 0, 16 + 4 * i);
  return bytes;
}

/** Images of people: a person's own numbers and some of each image, never all zero. */
function drawImages(people: ArrayLike<number>, { size, levels, spread }: Draw, stream: Random): Rows {
  const drawRow = (range: number) => Array.from({ length: size }, () => stream.integer(2 * range + 1) - range);
  const centers = new Map<number, readonly number[]>();
  const data = Float32Array.from(
    Array.from(people).flatMap((person) => {
      const center = centers.get(person) ?? drawRow(levels);
      centers.set(person, center);
      const row = drawRow(spread).map((value, i) => Math.max(-levels, Math.min(levels, value + (center[i] ?? 0))));
      return row.some((value) => value !== 0) ? row : row.with(0, 1);
    }),
  );
  return { count: people.length, size, data };
}

const PEOPLE = 30;

async function writeIjbc(folder: string, draw: Draw, stream: Random): Promise<void> {
  const members: { readonly person: number; readonly template: number; readonly medium: number }[] = [];
  const templates: { readonly template: number; readonly person: number }[] = [];
  // Numbers with gaps and out of order, as the published ones are.
  for (const slot of stream.permutation(PEOPLE * 5)) {
    const [template, person] = [3 * slot + 7, slot % PEOPLE];
    templates.push({ template, person });
    for (let medium = 1 + stream.integer(draw.media); medium > 0; medium--) {
      for (let image = 1 + stream.integer(draw.images); image > 0; image--) members.push({ person, template, medium });
    }
  }
  const order = stream.permutation(members.length);
  const shuffled = Array.from(order, (i) => members[i]!);
  const embeddings = drawImages(
    shuffled.map(({ person }) => person),
    draw,
    stream,
  );
  const imageName = (person: number, i: number) => `${person}_${i + 1}.jpg`;
  const pairs = templates.flatMap((a, i) =>
    templates
      .slice(i + 1)
      .filter((b) => a.person === b.person || stream.integer(4) === 0)
      .map((b) => `${a.template} ${b.template} ${Number(a.person === b.person)}`),
  );
  const csv = (rows: readonly { readonly template: number; readonly person: number }[]) =>
    ["TEMPLATE_ID,SUBJECT_ID", ...rows.map(({ template, person }) => `${template},${person + 100}`)].join("\n");
  const first = Array.from({ length: PEOPLE }, (_, person) => templates.find((one) => one.person === person)!);
  const probes = templates.filter((one) => !first.includes(one));
  const point = () => (20 + stream.integer(600) / 8).toFixed(3);
  await writeAll(folder, {
    "meta/ijbc_face_tid_mid.txt": shuffled
      .map(({ person, template, medium }, i) => `${imageName(person, i)} ${template} ${medium}\n`)
      .join(""),
    "meta/ijbc_name_5pts_score.txt": shuffled
      .map(({ person }, i) => {
        const points = Array.from({ length: 10 }, point).join(" ");
        return `${imageName(person, i)} ${points} ${(1 + stream.integer(draw.scores)) / draw.scores}\n`;
      })
      .join(""),
    "meta/ijbc_template_pair_label.txt": `${pairs.join("\n")}\n`,
    "meta/ijbc_1N_gallery_G1.csv": csv(first.filter(({ person }) => person % 2 === 0)),
    "meta/ijbc_1N_gallery_G2.csv": csv(first.filter(({ person }) => person % 2 === 1)),
    // Some templates twice, as in lists of images.
    "meta/ijbc_1N_probe_mixed.csv": csv([...probes, ...probes.slice(0, 5)]),
    "embeddings.npy": npyBytes(embeddings),
    "embeddings-f64.npy": npyBytes(embeddings, "<f8"),
  });
}

async function writeTinyFace(folder: string, draw: Draw, stream: Random): Promise<void> {
  const names = (count: number, people: number, from: number) =>
    Array.from({ length: count }, (_, i) => ({ person: from + stream.integer(people), number: i }))
      .map(({ person, number }) => ({ person, name: `${person}_${number}.jpg` }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  // Probes of people 20 … 24 have no mate.
  const parts = {
    Probe: names(60, 15, 10),
    Gallery_Match: names(40, 10, 10),
    Gallery_Distractor: names(80, 50, 100),
  };
  const all = drawImages(
    Object.values(parts).flatMap((faces) => faces.map(({ person }) => person)),
    draw,
    stream,
  );
  let start = 0;
  for (const [part, faces] of Object.entries(parts)) {
    const data = all.data.slice(start * draw.size, (start + faces.length) * draw.size);
    const rows = { count: faces.length, size: draw.size, data };
    start += faces.length;
    await writeAll(folder, {
      ...Object.fromEntries(faces.map(({ name }) => [`Testing_Set/${part}/${name}`, ""])),
      [`${part}.npy`]: npyBytes(rows),
    });
  }
}

async function writeMegaFace(folder: string, draw: Draw, stream: Random): Promise<void> {
  const ids = Array.from({ length: 40 }, (_, i) => `Person_${i % 9}`);
  const probes = drawImages(
    ids.map((_, i) => i % 9),
    draw,
    stream,
  );
  const probePaths = ids.map((id, i) => `${id}/${id}_${i}.png`);
  const distractors = drawImages(
    Array.from({ length: 60 }, (_, i) => 100 + i),
    draw,
    stream,
  );
  const distractorPaths = Array.from({ length: 60 }, (_, i) => `${i % 3}/a@N${i}/${i}_0.jpg`);
  const row = ({ size, data }: Rows, i: number) => data.subarray(i * size, (i + 1) * size);
  await writeAll(folder, {
    "facescrub_features_list.json": JSON.stringify({ id: ids, path: probePaths }),
    "megaface_features_list.json_60_1": JSON.stringify({ path: distractorPaths }),
    "facescrub_noises.txt": `# noise\n${[3, 12, 21].map((i) => `Person_${i % 9}_${i}.png`).join("\n")}\n`,
    "megaface_noises.txt": `# noise\n${[5, 6].map((i) => distractorPaths[i]).join("\n")}\n7\t${distractorPaths[50]}\n`,
    ...Object.fromEntries(probePaths.map((path, i) => [`facescrub/${path}_net.bin`, featureBinBytes(row(probes, i))])),
    ...Object.fromEntries(
      distractorPaths.map((path, i) => [
        `megaface/${path.replace(/\.jpg$/, ".npy")}`,
        npyBytes({ count: 1, size: draw.size, data: row(distractors, i) }, "<f4", true),
      ]),
    ),
  });
}

async function writeAll(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const name of new Set(Object.keys(files).map((file) => dirname(file)))) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
}
