import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RgbImage } from "../../base/image/index.ts";
import type { Candidate, CandidateNetwork } from "./candidate.ts";
import { closestScale, searchFaces, tileStarts } from "./search.ts";

/** Stands in for a face: a white square on black. Sees those of at least 6 pixels, as networks see faces. */
class SquareNetwork implements CandidateNetwork {
  readonly side = 64;
  readonly smallestFace = 6;
  runCount = 0;

  async find({ width, height, data }: RgbImage): Promise<Candidate[]> {
    this.runCount++;
    expect(Math.max(width, height)).toBeLessThanOrEqual(this.side);
    const isWhite = (x: number, y: number) =>
      x >= 0 && y >= 0 && x < width && y < height && data[3 * (y * width + x)]! > 127;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (!isWhite(x, y)) continue;
        let size = 1;
        while (isWhite(x + size, y)) size++;
        let rows = 1;
        while (isWhite(x, y + rows)) rows++;
        if (Math.min(size, rows) < 6) return [];
        // A face that is cut off is still taken for one; its box reaches over the edge.
        const width = Math.max(size, rows);
        const box = { x: x === 0 ? size - width : x, y: y === 0 ? rows - width : y, width, height: width };
        return [{ box, score: 0.5 + width / 1000 }];
      }
    }
    return [];
  }

  async close(): Promise<void> {}
}

function square(width: number, height: number, left: number, top: number, size: number): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = top; y < top + size; y++) data.fill(255, 3 * (y * width + left), 3 * (y * width + left + size));
  return { width, height, data };
}

describe("searchFaces", () => {
  it("finds one face of any size at any place of a large image, once, where it is", async () => {
    const width = 250;
    const height = 180;
    const place = fc
      .integer({ min: 9, max: 100 })
      .chain((size) =>
        fc.tuple(
          fc.integer({ min: 0, max: width - size }),
          fc.integer({ min: 0, max: height - size }),
          fc.constant(size),
        ),
      );
    const check = fc.asyncProperty(place, async ([left, top, size]) => {
      const [face, ...others] = await searchFaces(new SquareNetwork(), square(width, height, left, top, size), 0.5, 6);
      expect(others).toEqual([]);
      const { x, y, width: found } = face!.box;
      // Seen at a quarter of its size, a side is known to 4 pixels.
      expect(Math.abs(x - left)).toBeLessThanOrEqual(4);
      expect(Math.abs(y - top)).toBeLessThanOrEqual(4);
      expect(Math.abs(found - size)).toBeLessThanOrEqual(6);
    });
    await fc.assert(check, { seed: 1, numRuns: 25 });
  });

  it("looks once at an image that fits, and gives its pixels untouched", async () => {
    const network = new SquareNetwork();
    const [face] = await searchFaces(network, square(64, 40, 10, 12, 20), 0.5);
    expect(face!.box).toEqual({ x: 10, y: 12, width: 20, height: 20 });
    expect(network.runCount).toBe(1);
  });

  it.each([
    [1, 1],
    [3000, 1],
    [1, 3000],
  ])("takes an image of %i × %i", async (width, height) => {
    expect(await searchFaces(new SquareNetwork(), square(width, height, 0, 0, 0), 0.5)).toEqual([]);
  });

  it("bounds the number of looks at a huge image", async () => {
    const network = new SquareNetwork();
    await searchFaces(network, square(4000, 4000, 0, 0, 0), 0.5);
    // Faces of 4000/96 pixels have 6 at 576: tiles of 64 pixels, 16 of them shared, over 64, 128, 256 and 512.
    expect(network.runCount).toBe(1 + 3 ** 2 + 5 ** 2 + 11 ** 2);
  });

  it("takes landmarks to the image's pixels as points at the middle of pixels", async () => {
    const landmarks = [0, 1, 2, 3, 63].map((at) => [at, at] as const) as never;
    const network: CandidateNetwork = {
      side: 64,
      smallestFace: 6,
      find: async ({ width }) =>
        width === 64 ? [{ box: { x: 0, y: 0, width: 64, height: 64 }, score: 1, landmarks }] : [],
      close: async () => {},
    };
    const [face] = await searchFaces(network, square(128, 128, 0, 0, 0), 0.5, 6);
    expect(face!.landmarks!.map(([x]) => x)).toEqual([0.5, 2.5, 4.5, 6.5, 126.5]);
  });
});

describe("tileStarts", () => {
  it("covers a length with tiles that share at least a quarter", () => {
    const check = fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 32, max: 640 }), (length, side) => {
      const starts = tileStarts(length, side);
      expect(starts[0]).toBe(0);
      expect(starts.at(-1)).toBe(Math.max(0, length - side));
      for (const [i, start] of starts.slice(1).entries()) {
        expect(start - starts[i]!).toBeLessThanOrEqual(Math.ceil(0.75 * side));
      }
    });
    fc.assert(check, { seed: 1 });
  });

  it("searches a panorama as closely as a photograph of as many pixels", async () => {
    // Panoramas of 16382×3000 with faces of 107 pixels were searched for faces of 170, a share of the longer side.
    const panorama = { width: 16_382, height: 3000, data: new Uint8Array() };
    expect(1 / closestScale(panorama, 1)).toBeLessThan(90);
    const photograph = { width: 8090, height: 6075, data: new Uint8Array() };
    expect(closestScale(photograph, 1)).toBeCloseTo(closestScale(panorama, 1), 3);
    // Photographs up to 7 megapixels: 32 pixels, whatever their shape.
    expect(1 / closestScale({ width: 3000, height: 2000, data: new Uint8Array() }, 1)).toBeCloseTo(32, 6);
    const network = new SquareNetwork();
    const [face, ...others] = await searchFaces(network, square(1600, 90, 1200, 20, 40), 0.5, 12);
    expect(others).toEqual([]);
    expect(face!.box.x).toBeGreaterThan(1190);
    expect(face!.box.width).toBeCloseTo(40, -1);
  });
});
