/** `npm run docs:images`: docs/images/margin.png, the toy experiment's directions without and with a margin. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rasterizeSvg } from "../../src/base/image/index.ts";
import { figureInTheme } from "../../src/measure/report/index.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** The side of one figure, and the height of the line above it, in pixels of the drawing. */
const SIDE = 440;
const CAPTION = 34;

const parts = [
  { file: "circle-softmax.svg", caption: "softmax" },
  { file: "circle-cosface-m-0.svg", caption: "CosFace, m = 0" },
  { file: "circle-cosface-m-0.2.svg", caption: "CosFace, m = 0.2" },
];

const figures = await Promise.all(
  parts.map(async ({ file, caption }, index) => {
    const svg = await readFile(join(ROOT, "results", "toy", "synthetic", file), "utf8");
    const text = `<text x="${SIDE * (index + 0.5)}" y="24" text-anchor="middle" font-family="sans-serif" font-size="20">${caption}</text>`;
    return `${text}${figureInTheme(svg, "light").replace("<svg ", `<svg x="${index * SIDE}" y="${CAPTION}" `)}`;
  }),
);
const [width, height] = [SIDE * parts.length, SIDE + CAPTION];
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="#ffffff"/>${figures.join("")}</svg>`;
await writeFile(join(ROOT, "docs", "images", "margin.png"), await rasterizeSvg(drawing, { density: 1 }));
