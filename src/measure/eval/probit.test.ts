import { describe, expect, it } from "vitest";
import { OptionError } from "../../base/core/index.ts";
import { probit } from "./probit.ts";

describe("probit", () => {
  // scipy 1.17.1, scipy.special.ndtri. The three approximations meet at 0.075 and at exp(−25) = 1.4e-11.
  it.each([
    [1e-300, -37.0470962993612],
    [1e-100, -21.273453560965322],
    [1e-20, -9.262340089798409],
    [1e-10, -6.361340902404056],
    [1e-6, -4.753424308822899],
    [0.001, -3.090232306167813],
    [0.01, -2.3263478740408408],
    [0.05, -1.6448536269514729],
    [0.074, -1.4466320671589785],
    [0.076, -1.4325027208258116],
    [0.25, -0.6744897501960817],
    [0.6, 0.2533471031357997],
    [0.9, 1.2815515655446004],
    [0.975, 1.959963984540054],
    [0.999, 3.090232306167813],
    [0.999999999, 5.997807019601637],
  ])("of %d is %d", (p, expected) => {
    expect(Math.abs(probit(p) / expected - 1)).toBeLessThan(2e-15);
  });

  it("is 0 in the middle, infinite at the ends, and odd", () => {
    expect(probit(0.5)).toBe(0);
    expect(probit(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(probit(1)).toBe(Number.POSITIVE_INFINITY);
    for (const p of [0.4375, 0.25, 0.0625, 2 ** -20, 2 ** -45]) expect(probit(1 - p)).toBe(-probit(p));
  });

  it("refuses a number that is not a probability", () => {
    for (const p of [-0.1, 1.1, Number.NaN]) expect(() => probit(p)).toThrow(OptionError);
  });
});
