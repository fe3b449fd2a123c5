import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Filtering, filtering, type Matrix } from "./minimal-filtering.ts";

const times = (matrix: Matrix, vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, element, i) => sum + element * vector[i]!, 0));

/** y = Aᵀ[(G g) ⊙ (Bᵀ d)]. */
function filtered({ fromPixels, fromTaps, fromOutputs, outputs }: Filtering, pixels: number[], taps: number[]) {
  const weights = times(fromTaps, taps);
  const products = times(fromPixels, pixels).map((place, i) => place * weights[i]!);
  return Array.from({ length: outputs }, (_, i) =>
    products.reduce((sum, p, place) => sum + p * fromOutputs[place]![i]!, 0),
  );
}

describe("minimal filtering", () => {
  it("of four outputs has the matrices of Lavin & Gray, section 4.3", () => {
    const { fromPixels, fromTaps } = filtering(4, 1);
    expect(fromPixels).toEqual([
      [4, 0, -5, 0, 1, 0],
      [0, -4, -4, 1, 1, 0],
      [0, 4, -4, -1, 1, 0],
      [0, -2, -1, 2, 1, 0],
      [0, 2, -1, -2, 1, 0],
      [0, 4, 0, -5, 0, 1],
    ]);
    expect(fromTaps[3]!.map((share) => share * 24)).toEqual([1, 2, 4]);
  });

  it.each([
    [4, 1, 6],
    [3, 1, 5],
    [4, 2, 9],
    [3, 2, 7],
  ])("of %i outputs at stride %i is the direct sum, with %i multiplications", (outputs, stride, places) => {
    const method = filtering(outputs, stride);
    expect(method.fromTaps.length).toBe(places);
    expect(method.step).toBe(outputs * stride);
    const number = fc.integer({ min: -9, max: 9 });
    const reach = (outputs - 1) * stride + 3;
    fc.assert(
      fc.property(
        fc.array(number, { minLength: reach, maxLength: reach }),
        fc.array(number, { minLength: 3, maxLength: 3 }),
        (pixels, taps) => {
          const direct = Array.from({ length: outputs }, (_, i) =>
            taps.reduce((sum, tap, k) => sum + tap * pixels[i * stride + k]!, 0),
          );
          for (const [i, y] of filtered(method, pixels, taps).entries()) expect(y).toBeCloseTo(direct[i]!, 9);
        },
      ),
    );
  });
});
