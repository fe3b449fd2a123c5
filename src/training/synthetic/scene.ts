import {
  OptionError,
  random,
  requireBetween,
  requireInteger,
  requireKind,
  requireKnownKeys,
} from "../../base/core/index.ts";
import type { Landmarks } from "../../base/image/index.ts";
import { applySimilarity, type Box, type RgbImage, type Similarity } from "../../base/image/index.ts";
import { cosine, sine } from "./arithmetic.ts";
import { drawConditions } from "./conditions.ts";
import { type Identity, syntheticIdentity } from "./identity.ts";
import { photograph } from "./photograph.ts";
import { Portrait, placeLandmarks } from "./portrait.ts";
import { DEFAULT_DIFFICULTY } from "./render-face.ts";
import { createCanvas, drawBackground } from "./surroundings.ts";

/** A face of a scene: its box from forehead to chin and from cheek to cheek, and its landmarks, in pixels. */
export type SceneFace = { readonly box: Box; readonly landmarks: Landmarks; readonly identity: Identity };

/** An image of several people, and their faces. */
export type Scene = { readonly image: RgbImage; readonly faces: readonly SceneFace[] };

/** Options of {@link renderScene}. */
export type RenderSceneOptions = {
  readonly seed: number;
  /** Pixels, default 320. */
  readonly width?: number;
  /** Pixels, default 240. */
  readonly height?: number;
  /** Number of people, 0 or more, default 1. Each has its own cell, so that no face hides another. */
  readonly faceCount?: number;
  /** Smallest height of a face, pixels, default 32. */
  readonly minimumFaceHeight?: number;
  /** Strength of all variation, 0 to 1, default 0.5. */
  readonly difficulty?: number;
};

/** Height of the box of the mean face on the image plane, cm. */
const FACE_HEIGHT = 18.5;

/**
 * Draws several unaligned people on one image, for tests of detectors. Boxes enclose the heads as drawn, and lie within
 * the image.
 *
 * @throws {OptionError} when the faces do not fit at this size.
 */
export function renderScene(options: RenderSceneOptions): Scene {
  requireKnownKeys("options of renderScene", options, {
    seed: true,
    width: true,
    height: true,
    faceCount: true,
    minimumFaceHeight: true,
    difficulty: true,
  });
  requireKind("seed", options.seed, "a number");
  const {
    seed,
    width = 320,
    height = 240,
    faceCount = 1,
    minimumFaceHeight = 32,
    difficulty = DEFAULT_DIFFICULTY,
  } = options;
  requireInteger("width", width, 16);
  requireInteger("height", height, 16);
  requireInteger("faceCount", faceCount, 0);
  requireBetween("difficulty", difficulty, 0, 1);
  const columns = Math.max(1, Math.ceil(Math.sqrt((faceCount * width) / height)));
  const rows = Math.max(1, Math.ceil(faceCount / columns));
  const cellWidth = width / columns;
  const cellHeight = height / rows;
  const largest = Math.min(cellHeight / 1.35, cellWidth / 1.15);
  if (largest < minimumFaceHeight) {
    throw new OptionError(
      `got ${faceCount} faces of ${minimumFaceHeight} or more pixels on ${width} × ${height}, ` +
        `expected faces of at most ${Math.floor(largest)} pixels: use fewer or smaller faces`,
    );
  }

  const draws = random(seed, "synthetic scene");
  const setting = drawConditions(draws, difficulty);
  const canvas = createCanvas(width, height);
  drawBackground(canvas, setting.background);
  const cells = draws.permutation(rows * columns);
  const people = Array.from(cells.subarray(0, faceCount), (cell, index) => {
    const identity = syntheticIdentity(seed, index);
    const portrait = new Portrait(identity, drawConditions(random(seed, "synthetic scene", index), difficulty));
    const scale = draws.uniform(minimumFaceHeight, largest) / FACE_HEIGHT;
    const roll = draws.uniform(-1, 1) * 8 * difficulty;
    const [a, b] = [scale * cosine(roll), scale * sine(roll)];
    const around = boxOf(portrait, { a, b, shiftX: 0, shiftY: 0 });
    const hair = 0.3 * around.width;
    const spare = Math.max(0, cellWidth - around.width - 2 * hair);
    const left = (cell % columns) * cellWidth + hair + draws.uniform() * spare;
    const row = Math.floor(cell / columns);
    const top = row * cellHeight + draws.uniform(0.5, 1) * Math.max(0, cellHeight - around.height);
    const placement = { a, b, shiftX: left - around.x, shiftY: top - around.y };
    return { identity, portrait, placement, box: boxOf(portrait, placement) };
  });
  // A body lies below its chin, so drawing from the highest chin to the lowest keeps bodies from covering faces.
  people.sort((p, q) => p.box.y + p.box.height - q.box.y - q.box.height);
  const faces = people.map(({ identity, portrait, placement, box }): SceneFace => {
    portrait.draw(canvas, placement);
    return { box, landmarks: placeLandmarks(portrait.landmarks, placement), identity };
  });
  return { image: photograph(canvas, setting.photo, height / 480, setting.background.seed), faces };
}

function boxOf(portrait: Portrait, placement: Similarity): Box {
  const points = portrait.outline.map((point) => applySimilarity(placement, point));
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
