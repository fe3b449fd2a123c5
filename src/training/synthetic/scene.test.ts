import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { renderScene } from "./scene.ts";

describe("renderScene", () => {
  it.each([1, 2, 3, 4, 5])("draws whole faces that do not overlap, with landmarks inside (seed %i)", (seed) => {
    const { image, faces } = renderScene({ seed, width: 240, height: 180, faceCount: 4, minimumFaceHeight: 30 });
    expect([image.width, image.height, image.data.length]).toEqual([240, 180, 3 * 240 * 180]);
    expect(faces).toHaveLength(4);
    for (const [i, { box, landmarks }] of faces.entries()) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(240);
      expect(box.y + box.height).toBeLessThanOrEqual(180);
      expect(box.height).toBeGreaterThan(22);
      for (const [x, y] of landmarks) {
        expect(x).toBeGreaterThanOrEqual(box.x);
        expect(x).toBeLessThanOrEqual(box.x + box.width);
        expect(y).toBeGreaterThan(box.y);
        expect(y).toBeLessThan(box.y + box.height);
      }
      for (const other of faces.slice(0, i)) {
        const apartX = box.x + box.width <= other.box.x || other.box.x + other.box.width <= box.x;
        const apartY = box.y + box.height <= other.box.y || other.box.y + other.box.height <= box.y;
        expect(apartX || apartY).toBe(true);
      }
    }
  });

  it("draws a face in its box: the image without the face differs most there", () => {
    const options = { seed: 8, width: 160, height: 120, difficulty: 0 };
    const empty = renderScene({ ...options, faceCount: 0 });
    const { image, faces } = renderScene({ ...options, faceCount: 1, minimumFaceHeight: 40 });
    expect(empty.faces).toEqual([]);
    const { box } = faces[0]!;
    let changed = 0;
    let total = 0;
    for (let y = Math.ceil(box.y); y < box.y + box.height; y++) {
      for (let x = Math.ceil(box.x); x < box.x + box.width; x++, total++) {
        const at = 3 * (160 * y + x);
        if (Math.abs(image.data[at]! - empty.image.data[at]!) > 6) changed++;
      }
    }
    expect(changed / total).toBeGreaterThan(0.75);
  });

  it("is the same for the same seed", () => {
    const options = { width: 120, height: 90, faceCount: 2, minimumFaceHeight: 24 };
    expect(renderScene({ ...options, seed: 3 })).toEqual(renderScene({ ...options, seed: 3 }));
    expect(renderScene({ ...options, seed: 3 }).image).not.toEqual(renderScene({ ...options, seed: 4 }).image);
  });

  it("says when faces do not fit", () => {
    expect(() => renderScene({ seed: 1, width: 100, height: 100, faceCount: 9, minimumFaceHeight: 40 })).toThrow(
      "got 9 faces of 40 or more pixels on 100 × 100, expected faces of at most 24 pixels",
    );
    expect(() => renderScene({ seed: 1, faceCount: -1 })).toThrow(OptionError);
  });
});
