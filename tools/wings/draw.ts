/**
 * Draws the wings of src/ with the imports between them as an SVG (docs/images/wings.svg, `npm run docs:reference`). An
 * arrow that follows from others is left out (the transitive reduction of the imports), so that the drawing shows what
 * stands on what.
 */
import { type Import, importsOf, sourceFiles } from "./imports.ts";
import { wings } from "./wings.ts";

type Arrow = { readonly from: string; readonly to: string };

/** Which wing imports which, each pair once. */
export function wingArrows(imports: readonly Import[]): readonly Arrow[] {
  const pairs = new Map<string, Arrow>();
  for (const { from, to } of imports) {
    const [[source = ""], [target = ""]] = [from.split("/"), to.split("/")];
    if (source !== target && source in wings && target in wings)
      pairs.set(`${source} ${target}`, { from: source, to: target });
  }
  return [...pairs.values()];
}

/** The arrows that do not follow from others: the fewest with the same paths. The arrows must have no cycle. */
export function transitiveReduction(arrows: readonly Arrow[]): readonly Arrow[] {
  const targets = (wing: string) => arrows.filter(({ from }) => from === wing).map(({ to }) => to);
  const isReached = (from: string, to: string): boolean =>
    targets(from).some((next) => next === to || isReached(next, to));
  return arrows.filter(({ from, to }) => !targets(from).some((next) => next !== to && isReached(next, to)));
}

/** Wings by level: each stands one above the highest that it imports. */
export function wingLevels(arrows: readonly Arrow[]): readonly (readonly string[])[] {
  const level = (wing: string): number =>
    Math.max(-1, ...arrows.filter(({ from }) => from === wing).map(({ to }) => level(to))) + 1;
  const rows: string[][] = [];
  for (const wing of Object.keys(wings)) rows[level(wing)] = [...(rows[level(wing)] ?? []), wing];
  return rows;
}

const WIDTH = 780;
const MARGIN = 12;
const GAP = 34;
const HEIGHT = 62;
/** Pixels of a letter of a folder's name, and between names. */
const LETTER = 7;
const SPACE = 18;

type Box = { readonly x: number; readonly y: number; readonly width: number };

/** The drawing of these imports; default: those of src/. */
export function drawWings(imports: readonly Import[] = sourceFiles().flatMap((file) => importsOf(file))): string {
  const arrows = transitiveReduction(wingArrows(imports));
  const rows = wingLevels(arrows).toReversed();
  const boxes = new Map<string, Box>();
  for (const [i, row] of rows.entries()) {
    const sizes = row.map((wing) => nameWidth(foldersOf(wing)));
    const spare = WIDTH - 2 * MARGIN - (row.length - 1) * GAP - sizes.reduce((sum, size) => sum + size, 0);
    let x = MARGIN;
    for (const [k, wing] of row.entries()) {
      const width = (sizes[k] ?? 0) + spare / row.length;
      boxes.set(wing, { x, y: MARGIN + i * (HEIGHT + GAP), width });
      x += width + GAP;
    }
  }
  const height = 2 * MARGIN + rows.length * HEIGHT + (rows.length - 1) * GAP;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    "<title>The wings of src/, their folders, and what each wing stands on</title>",
    "<style>",
    "text{font:13px system-ui,sans-serif;fill:#1c2733}.wing{font-weight:600;font-size:15px}.folder{text-anchor:middle}",
    ".purpose{font-weight:400;font-size:13px;fill:#51606e}",
    ".ground{fill:#fff}.box{fill:#eef2f6;stroke:#b8c4cf}.arrow{stroke:#2f6690;stroke-width:1.5}#tip{fill:#2f6690}",
    "</style>",
    `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">` +
      `<path id="tip" d="M0 0 8 4 0 8z"/></marker></defs>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    ...[...boxes].flatMap(([wing, box]) => drawBox(wing, box)),
    ...arrows.flatMap(({ from, to }) => drawArrow(boxes.get(from), boxes.get(to))),
    "</svg>",
  ].join("\n")}\n`;
}

function foldersOf(wing: string): readonly string[] {
  return wings[wing]?.folders ?? [];
}

function nameWidth(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + name.length * LETTER + SPACE, SPACE);
}

function drawBox(wing: string, { x, y, width }: Box): string[] {
  const names = foldersOf(wing);
  const stretch = (width - SPACE) / Math.max(1, nameWidth(names) - SPACE);
  let left = x + SPACE / 2;
  const texts = names.map((name) => {
    const room = (name.length * LETTER + SPACE) * stretch;
    left += room;
    return `<text class="folder" x="${round(left - room / 2)}" y="${y + 48}">${name}</text>`;
  });
  return [
    `<rect class="box" x="${round(x)}" y="${y}" width="${round(width)}" height="${HEIGHT}" rx="6"/>`,
    `<text class="wing" x="${round(x + SPACE / 2)}" y="${y + 22}">${wing}` +
      `<tspan class="purpose" dx="10">${wings[wing]?.purpose ?? ""}</tspan></text>`,
    ...texts,
  ];
}

/** Straight down, where the two boxes overlap. */
function drawArrow(from: Box | undefined, to: Box | undefined): string[] {
  if (from === undefined || to === undefined) return [];
  const x = round((Math.max(from.x, to.x) + Math.min(from.x + from.width, to.x + to.width)) / 2);
  return [`<path class="arrow" d="M${x} ${from.y + HEIGHT}V${to.y - 1}" marker-end="url(#head)"/>`];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
