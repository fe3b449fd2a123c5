import {
  bump,
  type Color,
  clamp,
  coverage,
  hashUnit,
  lineCoverage,
  mix,
  planeNoise,
  smoothstep,
} from "./arithmetic.ts";
import { fromScreen, hairColor, skinColor } from "./colors.ts";
import type { Expression, Styling } from "./conditions.ts";
import type { FaceMeasures } from "./head-shape.ts";
import type { Identity } from "./identity.ts";
import { cover, coverShaded, darken, type Paint, type Spot } from "./paint.ts";

const MOLE = fromScreen(62, 38, 30);
const NOSTRIL = fromScreen(52, 26, 22);

/** Distance between the lines of the forehead, cm. */
const LINE_STEP = 0.95;

/** Draws skin with its blush, freckles, moles, wrinkles and nostrils, and the brows and beard that grow on it. */
export class Skin {
  readonly #identity: Identity;
  readonly #measures: FaceMeasures;
  readonly #tone: Color;
  readonly #hair: Color;
  readonly #browHair: Color;
  readonly #browRaise: number;
  readonly #smile: number;
  readonly #beard: number;
  readonly #moustache: number;

  constructor(identity: Identity, expression: Expression, styling: Styling, measures: FaceMeasures) {
    this.#identity = identity;
    this.#measures = measures;
    this.#tone = skinColor(identity);
    const hair = hairColor(identity, styling.hairTone);
    this.#hair = [hair[0] * 0.75, hair[1] * 0.72, hair[2] * 0.7];
    this.#browHair = [hair[0] * 0.5, hair[1] * 0.46, hair[2] * 0.44];
    this.#browRaise = expression.browRaise;
    this.#smile = expression.smile;
    const growth = 1 + 0.7 * styling.beardGrowth;
    this.#beard = clamp(identity.beard * growth, 0, 1);
    this.#moustache = clamp(identity.moustache * growth, 0, 1);
  }

  /** Color of the skin. */
  get tone(): Color {
    return this.#tone;
  }

  /** Sets the paint of a point of the head. */
  paint(spot: Spot, paint: Paint): void {
    paint[0] = this.#tone[0];
    paint[1] = this.#tone[1];
    paint[2] = this.#tone[2];
    const { y } = spot;
    if (spot.z <= 0) return;
    const across = spot.x < 0 ? -spot.x : spot.x;
    const { browHeight, noseLength, freckles } = this.#identity;
    if (y < 1 && y > -8) this.#paintBlush(spot, paint);
    if (freckles > 0) this.#paintFreckles(spot, paint);
    this.#paintMoles(spot, paint);
    if (y > browHeight + 1.1) this.#paintForehead(spot, paint);
    else if (y > browHeight - 1.4) this.#paintBrow(spot, paint);
    if (y < 1.2) this.#paintFolds(spot, paint);
    if (across < 3.2 && y < 0.6 - noseLength && y > -1.85 - noseLength) this.#paintNostrils(spot, paint);
    if ((this.#beard > 0 || this.#moustache > 0) && y < 0) this.#paintBeard(spot, paint);
  }

  #paintBlush(spot: Spot, paint: Paint): void {
    const across = spot.x < 0 ? -spot.x : spot.x;
    const { y } = spot;
    const { blush, noseLength } = this.#identity;
    const cheek = bump((across - 4.3) * (across - 4.3) * 0.12 + (y + 3.6) * (y + 3.6) * 0.14);
    const nose = bump(across * across * 0.5 + (y + noseLength) * (y + noseLength) * 0.6);
    const red = blush * (0.3 * cheek + 0.22 * nose);
    paint[1] *= 1 - red;
    paint[2] *= 1 - 0.85 * red;
  }

  /** At most one freckle in each cell of a jittered grid. */
  #paintFreckles({ x, y, edge }: Spot, paint: Paint): void {
    const { freckles, detailSeed, skinDarkness } = this.#identity;
    const region = bump(x * x * 0.03 + (y + 2.6) * (y + 2.6) * 0.08);
    if (region === 0) return;
    const size = 0.55;
    const column = Math.floor(x / size);
    const row = Math.floor(y / size);
    if (hashUnit(column, row, detailSeed) > freckles * region * 1.3) return;
    const dx = x / size - column - 0.3 - 0.4 * hashUnit(column, row, detailSeed + 1);
    const dy = y / size - row - 0.3 - 0.4 * hashUnit(column, row, detailSeed + 2);
    const radius = 0.08 + 0.09 * hashUnit(column, row, detailSeed + 3);
    const spot = coverage(radius - Math.sqrt(dx * dx + dy * dy) * size, Math.max(edge, 0.08));
    darken(paint, 0.45 * spot * (1 - 0.5 * skinDarkness));
  }

  #paintMoles({ x, y, edge }: Spot, paint: Paint): void {
    for (const mole of this.#identity.moles) {
      const dx = x - mole.x;
      const dy = y - mole.y;
      const squared = dx * dx + dy * dy;
      if (squared > 1) continue;
      cover(paint, MOLE, mole.darkness * coverage(mole.radius - Math.sqrt(squared), edge));
    }
  }

  #paintForehead(spot: Spot, paint: Paint): void {
    const across = spot.x < 0 ? -spot.x : spot.x;
    const { y, edge } = spot;
    const { wrinkles, browHeight } = this.#identity;
    const depth = wrinkles + 0.6 * Math.max(0, this.#browRaise);
    const height = (y - browHeight - 1.1) / LINE_STEP;
    if (height > 3 || depth < 0.05) return;
    const fold = (height - Math.floor(height) - 0.5) * LINE_STEP + 0.02 * across * across;
    const fade = smoothstep(5, 3, across) * smoothstep(3, 2.2, height);
    darken(paint, 0.4 * depth * fade * lineCoverage(fold, 0.06, Math.max(edge, 0.12)));
  }

  /** The fold from the wing of the nose to beyond the mouth's corner, and the crow's feet beside the eyes. */
  #paintFolds(spot: Spot, paint: Paint): void {
    const across = spot.x < 0 ? -spot.x : spot.x;
    const { y, edge } = spot;
    const { wrinkles, mouthWidth, noseWidth, noseLength, eyeSpacing, eyeWidth } = this.#identity;
    const smile = Math.max(0, this.#smile);
    const along = (-noseLength - y) / (-noseLength - this.#measures.mouthY);
    if (along > -0.05 && along < 1.1) {
      const foldX = mix(noseWidth + 0.15, mouthWidth + 0.75, along) + 0.5 * along * (1 - along);
      const depth = (0.12 + 0.5 * wrinkles + 0.4 * smile) * 0.6;
      const fade = smoothstep(-0.05, 0.2, along) * smoothstep(1.1, 0.8, along);
      darken(paint, depth * fade * bump((across - foldX) * (across - foldX) * 12));
    }
    const crow = across - eyeSpacing - eyeWidth;
    if (crow > 0.1 && crow < 1.3 && y > -1.2) {
      const fan = y / (0.5 + 0.5 * crow) / 0.45;
      const middle = (crow - 0.6) / 0.7;
      const depth = (0.4 * wrinkles + 0.25 * smile) * bump(middle * middle);
      darken(paint, depth * lineCoverage((fan - Math.round(fan)) * 0.45, 0.05, Math.max(edge, 0.1)));
    }
  }

  #paintNostrils(spot: Spot, paint: Paint): void {
    const across = spot.x < 0 ? -spot.x : spot.x;
    const { y } = spot;
    const { noseWidth, noseLength } = this.#identity;
    const dy = y + noseLength + 0.62;
    const dx = (across - noseWidth * 0.44) / (noseWidth * 0.36);
    cover(paint, NOSTRIL, 0.8 * bump(dx * dx + dy * dy * 9));
    const wing = across - noseWidth * 1.02 + 0.15 * (dy - 0.3) * (dy - 0.3);
    darken(paint, 0.4 * bump(wing * wing * 14 + (dy - 0.35) * (dy - 0.35) * 1.6));
  }

  #paintBrow(spot: Spot, paint: Paint): void {
    const across = spot.x < 0 ? -spot.x : spot.x;
    const { x, y, edge } = spot;
    const { eyeSpacing, browHeight, browLength, browThickness, browArch, browTilt, browDensity, detailSeed } =
      this.#identity;
    const raise = this.#browRaise;
    const u = (across - eyeSpacing - 0.15) / browLength;
    if (u < -1.15 || u > 1.15) return;
    const frown = raise < 0 ? raise * 0.35 * smoothstep(0.4, -1, u) : 0.5 * raise;
    const middle = browHeight + frown + browTilt * 0.5 * u + browArch * (1 - (u - 0.25) * (u - 0.25)) - 0.25 * browArch;
    const away = y - middle;
    if (away < -1 || away > 1) return;
    const half = 0.5 * browThickness * (u > 0 ? 1 - 0.65 * u * u : 1 - 0.3 * u * u);
    const strands = 0.75 + 0.25 * planeNoise(x * 7 + y * 3, y * 3, detailSeed);
    const ends = smoothstep(1.12, 0.9, u < 0 ? -u : u);
    const soft = Math.max(edge, 0.16);
    cover(paint, this.#browHair, browDensity * strands * ends * coverage(half - (away < 0 ? -away : away), soft));
  }

  #paintBeard(spot: Spot, paint: Paint): void {
    const across = spot.x < 0 ? -spot.x : spot.x;
    const { x, y } = spot;
    const { beardLine, detailSeed, noseLength, lowerLip } = this.#identity;
    const { mouthY, mouthWidth } = this.#measures;
    if (y > -noseLength && across < 5) return;
    // The beard grows below a line on the cheeks that rises toward the ears, except under the lower lip.
    const cheekLine = -beardLine + 0.28 * (across - 3) * (across > 3 ? across - 3 : 0.35);
    const fromMouthX = across / (mouthWidth + 0.5);
    const fromMouthY = (y - mouthY + 0.3) / (0.9 + lowerLip);
    const mouthClear = fromMouthX * fromMouthX + fromMouthY * fromMouthY - 1;
    const cheek = smoothstep(-0.35, 0.35, Math.min(cheekLine - y, mouthClear * 1.2, 1));
    const lipX = across / (mouthWidth + 0.35);
    const lipTop = -noseLength - 1.15 - 1.1 * lipX * lipX;
    const lipBottom = mouthY + 0.4 - 0.7 * lipX * lipX;
    const above = Math.min(lipTop - y, y - lipBottom, (1.15 - lipX) * 2);
    const lip = smoothstep(-0.12, 0.25, above);
    const density = Math.max(cheek * this.#beard, lip * this.#moustache);
    if (density <= 0) return;
    const strands = planeNoise(x * 4.5, y * 2.2, detailSeed + 7);
    const amount = density * (0.65 + 0.5 * strands);
    coverShaded(paint, this.#hair, 0.7 + 0.6 * strands, clamp(amount, 0, 0.95));
  }
}
