import { type Color, clamp, mix, mixColor } from "./arithmetic.ts";
import type { Identity } from "./identity.ts";

/** Reflected colors of skin, hair and eyes, in linear light. Ramps are interpolated at gamma 2, close to perception. */

/** Converts a screen color (0–255, gamma 2) to linear light. */
export function fromScreen(red: number, green: number, blue: number): Color {
  return [(red / 255) * (red / 255), (green / 255) * (green / 255), (blue / 255) * (blue / 255)];
}

/** Skin color without shading, from darkness and undertone. */
export function skinColor({ skinDarkness, skinUndertone }: Identity): Color {
  const [red, green, blue] = ramp(SKIN, skinDarkness);
  return fromScreen(red + 3 * skinUndertone, green + 5 * skinUndertone, blue - 14 * skinUndertone);
}

/** Hair color from darkness, redness and gray; `tone` in [−1, 1] makes it darker or lighter. */
export function hairColor({ hairDarkness, hairRedness, hairGray }: Identity, tone: number): Color {
  const [red, green, blue] = ramp(HAIR, clamp(hairDarkness - 0.13 * tone, 0, 1));
  const warm = hairRedness * (1 - 0.6 * hairDarkness);
  const gray = 128 + 70 * (1 - hairDarkness);
  return fromScreen(
    mix(red + 25 * warm, gray, 0.85 * hairGray),
    mix(green - 22 * warm, gray, 0.85 * hairGray),
    mix(blue - 28 * warm, gray * 1.02, 0.85 * hairGray),
  );
}

/** Color of the iris between pupil and rim. */
export function irisColor({ irisColor: position }: Identity): Color {
  return fromScreen(...ramp(IRIS, position));
}

/** Lip color: redder and a little darker than the skin. */
export function lipColor(identity: Identity): Color {
  const skin = skinColor(identity);
  const soft: Color = [skin[0] * 0.78, skin[1] * 0.52, skin[2] * 0.55];
  const painted = mixColor(fromScreen(196, 62, 78), fromScreen(120, 34, 44), identity.skinDarkness);
  return mixColor(soft, painted, 0.15 + 0.7 * identity.lipRedness * identity.lipRedness);
}

type Screen = readonly [red: number, green: number, blue: number];

type Ramp = readonly [Screen, ...Screen[]];

const SKIN: Ramp = [
  [246, 212, 192],
  [230, 186, 156],
  [202, 148, 112],
  [150, 100, 70],
  [96, 62, 46],
];

const HAIR: Ramp = [
  [226, 192, 132],
  [180, 138, 84],
  [120, 82, 52],
  [70, 48, 36],
  [28, 24, 24],
];

const IRIS: Ramp = [
  [104, 148, 192],
  [108, 146, 128],
  [134, 118, 68],
  [96, 62, 34],
  [52, 32, 22],
];

function ramp(stops: Ramp, position: number): Screen {
  const at = clamp(position * (stops.length - 1), 0, stops.length - 1.001);
  const low = Math.floor(at);
  const [a = stops[0], b = a] = stops.slice(low);
  const t = at - low;
  return [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
}
