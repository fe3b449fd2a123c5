import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rasterizeSvg } from "../../base/image/index.ts";
import { figureInTheme, type Theme } from "./figures/theme.ts";

const pngEndings: Readonly<Record<Theme, string>> = { light: ".png", dark: "-dark.png" };

/**
 * Writes figures as files of their own: `NAME.svg`, which follows the reader's theme by itself, and `NAME.png` and
 * `NAME-dark.png` at two pixels for each CSS pixel, for slides and programs that know no SVG. The folder is made.
 *
 * @param figures SVG documents of this folder's figures, by name without ending.
 */
export async function writeFigures(folder: string, figures: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, svg] of Object.entries(figures)) {
    await writeFile(join(folder, `${name}.svg`), svg);
    for (const theme of ["light", "dark"] as const) {
      await writeFile(join(folder, name + pngEndings[theme]), await rasterizeSvg(figureInTheme(svg, theme)));
    }
  }
}
