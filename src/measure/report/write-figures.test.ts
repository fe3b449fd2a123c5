import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeImage } from "../../base/image/index.ts";
import { linesFigure } from "./figures/lines.ts";
import { writeFigures } from "./write-figures.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cosface-figures-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe("writeFigures", () => {
  it("writes the SVG as it is, and a PNG of twice its size on each theme's ground", async () => {
    const points = [0, 1, 2].map((x) => ({ x, y: x * x }));
    const size = { width: 200, height: 120 };
    const svg = linesFigure([{ name: "a", points }], { title: "a", x: { name: "x" }, y: { name: "y" }, ...size });
    const folder = join(root, "new", "figures");
    await writeFigures(folder, { a: svg });
    expect((await readdir(folder)).sort()).toEqual(["a-dark.png", "a.png", "a.svg"]);
    expect(await readFile(join(folder, "a.svg"), "utf8")).toBe(svg);
    for (const [name, corner] of [
      ["a.png", [0xff, 0xff, 0xff]],
      ["a-dark.png", [0x16, 0x1a, 0x1f]],
    ] as const) {
      const { width, height, data } = await decodeImage(await readFile(join(folder, name)));
      expect([width, height]).toEqual([400, 240]);
      expect([...data.subarray(0, 3)]).toEqual(corner);
      // The line's color is there: variables were replaced before librsvg, which would draw them black.
      const [r, g, b] = name === "a.png" ? [0x00, 0x72, 0xb2] : [0x56, 0xb4, 0xe9];
      expect(data.some((_, i) => i % 3 === 0 && data[i] === r && data[i + 1] === g && data[i + 2] === b)).toBe(true);
    }
  });
});
