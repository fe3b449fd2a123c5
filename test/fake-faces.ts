/** Stand-ins for networks: an image of colored tiles, each a face, whose embedding is its color. */
import { FaceError } from "../src/base/core/index.ts";
import { decodeImage, encodeImage } from "../src/base/image/index.ts";
import type { Faces, ServedFace } from "../src/service/server/index.ts";

export type Color = readonly [red: number, green: number, blue: number];

const TILE = 8;
/** Numbers in an embedding: the color around its middle, and one more, so that gray has a direction too. */
const SIZE = 4;

/**
 * A PNG with a face for each color, side by side. Black is no face; a color with all levels below 40 is a bad image.
 */
export async function facesImage(...colors: readonly Color[]): Promise<Buffer> {
  const width = TILE * colors.length;
  const data = new Uint8Array(3 * width * TILE);
  for (let i = 0; i < width * TILE; i++) data.set(colors[Math.floor((i % width) / TILE)]!, 3 * i);
  return Buffer.from(await encodeImage({ width, height: TILE, data }, { format: "png" }));
}

const DARK = 40;
const GOOD = {
  eyeDistance: 60,
  score: 0.9,
  sharpness: 0.3,
  brightness: 120,
  contrast: 40,
  yaw: 0,
  pitch: 0,
  roll: 0,
};
const BAD = { ...GOOD, brightness: 10, yaw: -60 };

export function colorEmbedding(color: Color): Float32Array {
  const vector = [...color.map((level) => level - 127.5), 30];
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (number) => number / length);
}

/** Networks for such images. */
export function fakeFaces(): Faces & { readonly imageCount: number } {
  let imageCount = 0;
  async function look(bytes: Uint8Array, quality = false) {
    imageCount++;
    const { width, height, data } = await decodeImage(bytes);
    if (width > 8192) throw new FaceError("image: wider than these networks are made for");
    const faces: ServedFace[] = [];
    for (let x = 0; x + TILE <= width; x += TILE) {
      const [red, green, blue] = data.subarray(3 * x, 3 * x + 3);
      const color = [red!, green!, blue!] as const;
      if (Math.max(...color) === 0) continue;
      faces.push({
        box: { x, y: 0, width: TILE, height: TILE },
        score: 0.9,
        landmarks: [
          [x + 2, 2],
          [x + 6, 2],
          [x + 4, 4],
          [x + 2, 6],
          [x + 6, 6],
        ],
        embedding: colorEmbedding(color),
        ...(quality ? { quality: Math.max(...color) < DARK ? BAD : GOOD } : {}),
      });
    }
    return { width, height, faces };
  }
  return {
    model: { id: "colors", size: SIZE, license: "none", detector: "tiles", detectorLicense: "none" },
    pendingCount: 0,
    get imageCount() {
      return imageCount;
    },
    detect: (bytes) => look(bytes),
    async embed(bytes, { quality = false, thumbnails = false } = {}) {
      const { faces, ...size } = await look(bytes, quality);
      return { ...size, faces: thumbnails ? faces.map((face) => ({ ...face, thumbnail: bytes })) : faces };
    },
    close: async () => {},
  };
}
