import { expect, it } from "vitest";
import { drawFaces } from "./draw-faces.ts";

it("draws the border of a box and the landmarks, on a copy, clipped to the image", () => {
  const image = { width: 12, height: 10, data: new Uint8Array(360) };
  const landmarks = [
    [4, 4],
    [8, 4],
    [6, 5],
    [4, 7],
    [50, 50],
  ] as const;
  const { data } = drawFaces(image, [{ box: { x: 2, y: -3, width: 9, height: 12 }, landmarks }]);
  const at = (x: number, y: number) => [...data.subarray(3 * (12 * y + x), 3 * (12 * y + x) + 3)];
  expect(at(2, 0)).toEqual([0, 220, 0]);
  expect(at(10, 5)).toEqual([0, 220, 0]);
  expect(at(6, 8)).toEqual([0, 220, 0]);
  expect(at(1, 5)).toEqual([0, 0, 0]);
  expect(at(6, 0)).toEqual([0, 0, 0]);
  expect(at(4, 4)).toEqual([255, 64, 64]);
  expect(at(8, 4)).toEqual([64, 128, 255]);
  expect(at(6, 5)).toEqual([255, 220, 0]);
  expect(image.data.every((value) => value === 0)).toBe(true);
});
