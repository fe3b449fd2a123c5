import { describe, expect, it } from "vitest";
import { OptionError, type Random, random } from "../../base/core/index.ts";
import { type Augmentation, augmenter } from "./augment.ts";

const WIDTH = 24;
const HEIGHT = 28;

const noise = ((): Uint8Array => {
  const numbers = random(1, "image");
  return Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, () => numbers.integer(256));
})();

/** Red rises with the column, green with the row. */
const ramp = Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => {
  const pixel = Math.floor(i / 3);
  return [5 * (pixel % WIDTH) + 40, 5 * Math.floor(pixel / WIDTH) + 40, 90][i % 3]!;
});

function apply(augmentation: Augmentation, source = noise, numbers: Random = random(3, "augment", 1)): Uint8Array {
  const target = new Uint8Array(source.length);
  augmenter({ flip: 0, ...augmentation }, WIDTH, HEIGHT)(source, target, numbers);
  return target;
}

/** Random numbers that are all the same. */
function always(value: number): Random {
  return { ...random(0), uniform: () => value };
}

const everything: Augmentation = {
  flip: 0.5,
  geometry: { probability: 0.7, shift: 0.05, zoom: 0.1, rotationDegrees: 10 },
  blur: { probability: 0.5 },
  color: { probability: 0.8, brightness: 0.3, contrast: 0.3, saturation: 0.3 },
  grayscale: 0.2,
  erase: { probability: 0.5 },
};

describe("augmenter", () => {
  it("changes nothing when all is off, and never its source", () => {
    expect(apply({})).toEqual(noise);
    const before = noise.slice();
    for (let slot = 0; slot < 20; slot++) apply(everything, noise, random(5, slot));
    expect(noise).toEqual(before);
  });

  it("flips half of the images by default", () => {
    const augment = augmenter({}, WIDTH, HEIGHT);
    const target = new Uint8Array(noise.length);
    let flipped = 0;
    for (let slot = 0; slot < 1000; slot++) {
      augment(noise, target, random(7, "augment", slot));
      const isFlipped = target[0] === noise[3 * (WIDTH - 1)] && target[1] === noise[3 * (WIDTH - 1) + 1];
      expect(isFlipped || target[0] === noise[0]).toBe(true);
      flipped += Number(isFlipped);
    }
    // Standard deviation 16.
    expect(Math.abs(flipped - 500)).toBeLessThan(65);
  });

  it("gives the same for the same random numbers, whatever came before", () => {
    const augment = augmenter(everything, WIDTH, HEIGHT);
    const target = new Uint8Array(noise.length);
    const first: Uint8Array[] = [];
    for (let slot = 0; slot < 10; slot++) {
      augment(noise, target, random(7, "augment", slot));
      first.push(target.slice());
    }
    for (let slot = 9; slot >= 0; slot--) {
      augment(noise, target, random(7, "augment", slot));
      expect(target).toEqual(first[slot]);
    }
    expect(new Set(first.map(String)).size).toBe(10);
  });

  it("draws the same for a stage whatever the others are", () => {
    const erased = apply({ erase: { probability: 1 } });
    const isErased = erased.map((value, i) => Number(value !== noise[i]));
    const both = apply({ erase: { probability: 1 }, color: { brightness: 0.5, contrast: 0.2 } });
    both.forEach((value, i) => {
      if (isErased[i]) expect(value).toBe(erased[i]);
    });
    expect(isErased.includes(1)).toBe(true);
  });

  it("shifts by the share of the side, repeating the border", () => {
    // Numbers of 1 ask for the largest shift to the right and down: 6 of 24 columns, 7 of 28 rows.
    const shifted = apply({ geometry: { shift: 0.25 } }, ramp, always(0.99999999));
    for (const [x, y] of [
      [6, 7],
      [15, 20],
      [23, 27],
    ] as const) {
      const from = 3 * ((y - 7) * WIDTH + x - 6);
      const to = 3 * (y * WIDTH + x);
      expect([...shifted.subarray(to, to + 3)]).toEqual([...ramp.subarray(from, from + 3)]);
    }
    expect([...shifted.subarray(0, 3)]).toEqual([...ramp.subarray(0, 3)]);
  });

  it("zooms and turns about the middle", () => {
    const at = (pixels: Uint8Array, x: number, y: number): number[] => {
      const i = 3 * (y * WIDTH + x);
      return [(pixels[i]! - 40) / 5, (pixels[i + 1]! - 40) / 5];
    };
    const [middleX, middleY] = [(WIDTH - 1) / 2, (HEIGHT - 1) / 2];
    const zoomed = at(apply({ geometry: { zoom: 0.5 } }, ramp, always(0.99999999)), 20, 22);
    expect(Math.abs(zoomed[0]! - (middleX + (20 - middleX) / 1.5))).toBeLessThan(0.15);
    expect(Math.abs(zoomed[1]! - (middleY + (22 - middleY) / 1.5))).toBeLessThan(0.15);
    // A quarter turn clockwise as seen: what was above the middle comes to its right.
    const turned = at(apply({ geometry: { rotationDegrees: 90 } }, ramp, always(0.99999999)), 16, 14);
    expect(Math.abs(turned[0]! - (middleX + 14 - middleY))).toBeLessThan(0.15);
    expect(Math.abs(turned[1]! - (middleY - (16 - middleX)))).toBeLessThan(0.15);
  });

  it("scales brightness and clamps it", () => {
    const brighter = apply({ color: { brightness: 0.5 } }, noise, always(0.99999999));
    brighter.forEach((value, i) => {
      expect(Math.abs(value - Math.min(255, 1.5 * noise[i]!))).toBeLessThanOrEqual(0.51);
    });
    const black = apply({ color: { brightness: 1 } }, noise, always(0));
    expect(Math.max(...black)).toBe(0);
  });

  it("contrast 0 leaves the mean gray, saturation 0 the luma", () => {
    const luma = (i: number): number => (77 * noise[i]! + 150 * noise[i + 1]! + 29 * noise[i + 2]!) / 256;
    const flat = apply({ color: { contrast: 1 } }, noise, always(0));
    let mean = 0;
    for (let i = 0; i < noise.length; i += 3) mean += luma(i) / (WIDTH * HEIGHT);
    expect(new Set(flat).size).toBe(1);
    expect(Math.abs(flat[0]! - mean)).toBeLessThan(0.51);
    const gray = apply({ grayscale: 1 });
    for (let i = 0; i < noise.length; i += 3) {
      expect(gray[i]).toBe(gray[i + 2]);
      expect(Math.abs(gray[i]! - luma(i))).toBeLessThan(0.51);
    }
    expect(apply({ color: { saturation: 1 } }, noise, always(0))).toEqual(gray);
  });

  it("blur takes detail and keeps the mean, and what lies where", () => {
    const deviation = (pixels: Uint8Array): number => {
      const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
      return Math.sqrt(pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels.length);
    };
    const blurred = apply({ blur: { probability: 1, factor: 4 } }, noise, always(0.99999999));
    expect(deviation(blurred)).toBeLessThan(0.5 * deviation(noise));
    const blurredRamp = apply({ blur: { probability: 1, factor: 4 } }, ramp, always(0.99999999));
    for (const [x, y] of [
      [10, 10],
      [17, 9],
      [5, 20],
    ] as const) {
      const i = 3 * (y * WIDTH + x);
      expect(Math.abs(blurredRamp[i]! - ramp[i]!)).toBeLessThanOrEqual(1);
      expect(Math.abs(blurredRamp[i + 1]! - ramp[i + 1]!)).toBeLessThanOrEqual(1);
    }
  });

  it("erases a rectangle of one color, with an area within the range", () => {
    const erase = { probability: 1, area: [0.1, 0.3] } as const;
    for (let slot = 0; slot < 50; slot++) {
      const target = apply({ erase }, ramp, random(2, slot));
      const changed: [number, number][] = [];
      const colors = new Set<string>();
      for (let i = 0; i < WIDTH * HEIGHT; i++) {
        const rgb = target.subarray(3 * i, 3 * i + 3);
        if (rgb.every((value, channel) => value === ramp[3 * i + channel])) continue;
        changed.push([i % WIDTH, Math.floor(i / WIDTH)]);
        colors.add(rgb.join());
      }
      const side = (axis: 0 | 1): number => {
        const positions = changed.map((point) => point[axis]);
        return Math.max(...positions) - Math.min(...positions) + 1;
      };
      expect(colors.size).toBe(1);
      expect(changed.length).toBe(side(0) * side(1));
      const share = changed.length / (WIDTH * HEIGHT);
      expect(share).toBeGreaterThan(0.07);
      expect(share).toBeLessThan(0.35);
    }
  });

  it.each<[string, Augmentation]>([
    ["flip", { flip: 1.5 }],
    ["geometry.shift", { geometry: { shift: -1 } }],
    ["geometry.rotationDegrees", { geometry: { rotationDegrees: 200 } }],
    ["blur.factor", { blur: { probability: 1, factor: 0.5 } }],
    ["color.contrast", { color: { contrast: Number.NaN } }],
    ["erase.area[0]", { erase: { probability: 1, area: [0.4, 0.2] } }],
  ])("refuses a wrong %s", (name, augmentation) => {
    expect(() => augmenter(augmentation, 4, 4)).toThrow(OptionError);
    expect(() => augmenter(augmentation, 4, 4)).toThrow(`augmentation: ${name}: got`);
  });
});
