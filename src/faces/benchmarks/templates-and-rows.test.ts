/** The protocols that embed the images of IJB, TinyFace and labeled sets, with an embedder that looks at pixels. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatasetError, ImageError } from "../../base/core/index.ts";
import { decodeImage, encodeImage, landmarkTemplate, type RgbImage } from "../../base/image/index.ts";
import { allpairs } from "./all-pairs.ts";
import type { BenchmarkEmbedder, BenchmarkImages } from "./benchmark-embedder.ts";
import { ijbb } from "./ijb.ts";
import { ijbbSearch } from "./ijb-search.ts";
import type { ProtocolContext } from "./protocol.ts";
import { tinyface } from "./tinyface.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosface-templates-"));
});
afterAll(() => rm(folder, { recursive: true }));

const contract = {
  inputSize: [112, 112],
  embeddingSize: 3,
  template: "arcface",
  channels: "rgb",
  mean: 0,
  std: 1,
  flip: "none",
} as const;

/** Rules that images were embedded with, in order. */
const flips: (string | undefined)[] = [];

/** An image's embedding is the color in the middle of its crop. */
const context: ProtocolContext = {
  embedder: async (): Promise<BenchmarkEmbedder> => ({
    id: "colors",
    flip: "none",
    networkCount: 1,
    async embed(images: BenchmarkImages, { flip } = {}) {
      flips.push(flip);
      const rows = await Promise.all(
        Array.from({ length: images.imageCount }, async (_, index) => {
          const image = await decodeImage(await images.readBytes(index));
          const crop = (await images.crops?.cut(image, index, contract)) ?? image;
          const middle = 3 * (Math.floor(crop.height / 2) * crop.width + Math.floor(crop.width / 2));
          return [...crop.data.subarray(middle, middle + 3)];
        }),
      );
      return { embeddings: { count: rows.length, size: 3, data: Float32Array.from(rows.flat()) } };
    },
    close: async () => {},
  }),
  threads: 1,
  onProgress: () => {},
  signal: undefined,
};

type Color = readonly [number, number, number];

/** An image of one color with a square of another, 200 × 160. */
function withSquare(color: Color, left: number, top: number, size: number): RgbImage {
  const data = new Uint8Array(3 * 200 * 160);
  for (let y = top; y < top + size; y++) {
    for (let x = left; x < left + size; x++) data.set(color, 3 * (200 * y + x));
  }
  return { width: 200, height: 160, data };
}

async function writeImage(path: string, image: RgbImage): Promise<void> {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), await encodeImage(image, { format: "png" }));
}

/** Five points as a face of `size` pixels has them whose crop would begin at (left, top). */
function pointsAt(left: number, top: number, size: number): string {
  return landmarkTemplate(112, 112)
    .flatMap(([x, y]) => [left + (x * size) / 112, top + (y * size) / 112])
    .join(" ");
}

describe("ijbb", () => {
  const faces: readonly { color: Color; left: number; top: number; template: number }[] = [
    { color: [250, 0, 0], left: 10, top: 20, template: 7 },
    { color: [200, 20, 0], left: 90, top: 60, template: 8 },
    { color: [0, 250, 0], left: 60, top: 5, template: 9 },
    { color: [0, 200, 30], left: 120, top: 70, template: 10 },
  ];

  beforeAll(async () => {
    for (const [i, { color, left, top }] of faces.entries()) {
      await writeImage(`loose_crop/${i}.jpg`, withSquare(color, left, top, 40));
    }
    await mkdir(join(folder, "meta"));
    const lists = {
      "ijbb_face_tid_mid.txt": faces.map(({ template }, i) => `${i}.jpg ${template} 1`),
      "ijbb_name_5pts_score.txt": faces.map(({ left, top }, i) => `${i}.jpg ${pointsAt(left, top, 40)} 0.9`),
      "ijbb_template_pair_label.txt": ["7 8 1", "9 10 1", "7 9 0", "7 10 0", "8 9 0", "8 10 0"],
      "ijbb_1N_gallery_S1.csv": ["TEMPLATE_ID,SUBJECT_ID", "7,1"],
      "ijbb_1N_gallery_S2.csv": ["TEMPLATE_ID,SUBJECT_ID", "9,2"],
      "ijbb_1N_probe_mixed.csv": ["TEMPLATE_ID,SUBJECT_ID", "8,1", "10,2"],
    };
    for (const [name, lines] of Object.entries(lists)) {
      await writeFile(join(folder, "meta", name), `${lines.join("\n")}\n`);
    }
  });

  it("aligns each image by its points and adds both views", async () => {
    flips.length = 0;
    const result = await ijbb.score({ images: folder }, context);
    expect(flips).toEqual(["sum"]);
    expect(result).toMatchObject({ protocol: "ijbb", templateCount: 4, genuineCount: 2, impostorCount: 4 });
    // Were the crops not at the squares, their middle would be black, and all scores equal.
    expect(result.points.at(-1)).toMatchObject({ far: 0.1, nearest: { far: 0, tar: 1 } });
    expect(result.variant).toMatch(/^flip=sum, norm=kept, detector score=weight/);
    const search = await ijbbSearch.score({ images: folder }, context);
    expect(search.joined.ranks[0]).toEqual({ rank: 1, strict: 1, lenient: 1 });
    expect(ijbbSearch.describe(search)[0]).toBe("2 probes in galleries of 1 and 1");
  });

  it("names the line of an image that is missing, and of points without extent", async () => {
    await rm(join(folder, "loose_crop/2.jpg"));
    await expect(ijbb.score({ images: folder }, context)).rejects.toThrow(
      new ImageError("ijbb_face_tid_mid.txt:3: there is no such file"),
    );
    await writeImage("loose_crop/2.jpg", withSquare([0, 250, 0], 60, 5, 40));
    const list = join(folder, "meta/ijbb_name_5pts_score.txt");
    const same = faces.map((_, i) => `${i}.jpg ${Array(10).fill("5").join(" ")} 0.9`);
    await writeFile(list, same.join("\n"));
    await expect(ijbb.score({ images: folder }, context)).rejects.toThrow(
      /^ijbb_name_5pts_score\.txt:\d: got landmarks that span no area/,
    );
    await expect(ijbb.score({ images: folder }, context)).rejects.toThrow(DatasetError);
  });
});

describe("tinyface and allpairs", () => {
  it("search probes among matches and distractors", async () => {
    const colors: Readonly<Record<string, Color>> = {
      "tiny/Probe/1_1.png": [250, 0, 0],
      "tiny/Probe/2_1.png": [0, 250, 0],
      "tiny/Gallery_Match/1_2.png": [200, 30, 0],
      "tiny/Gallery_Match/2_2.png": [120, 100, 100],
      "tiny/Gallery_Distractor/a.png": [0, 120, 0],
    };
    for (const [path, color] of Object.entries(colors)) await writeImage(path, withSquare(color, 80, 60, 60));
    const result = await tinyface.score({ images: join(folder, "tiny") }, context);
    expect(result).toMatchObject({ protocol: "tinyface", probeCount: 2, unmatedCount: 0, galleryCount: 3 });
    // The distractor is nearer to the second probe than its mate.
    expect(result.ranks.map(({ strict }) => strict)).toEqual([0.5, 1, 1]);
    expect(tinyface.describe(result)).toContain("rank-1            50.00 %");
  });

  it("compare every image with every other", async () => {
    const colors: Readonly<Record<string, Color>> = {
      "people/ann/1.png": [250, 0, 0],
      "people/ann/2.png": [240, 20, 0],
      "people/bob/1.png": [0, 250, 0],
      "people/bob/2.png": [0, 240, 20],
    };
    for (const [path, color] of Object.entries(colors)) await writeImage(path, withSquare(color, 80, 60, 60));
    const result = await allpairs.score({ images: join(folder, "people") }, context);
    expect(result).toMatchObject({ imageCount: 4, identityCount: 2, genuineCount: 2, impostorCount: 4 });
    expect(allpairs.describe(result)).toContain(
      "TAR@FAR=0.001     not measurable: insufficient data: 4 impostor pairs cannot show a rate of 0.001, expected at least 1000",
    );
  });
});
