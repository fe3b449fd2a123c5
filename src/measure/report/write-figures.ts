import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rasterizeSvg } from "../../base/image/index.ts";
import { figureInTheme, type Theme } from "./figures/theme.ts";

const pngEndings: Readonly<Record<Theme, string>> = { light: ".png", dark: "-dark.png" };

/**
 * Writes figures as separate files: `NAME.svg`, which follows the reader's theme, and `NAME.png` and `NAME-dark.png`
 * with two pixels per CSS pixel, for slides and programs without SVG. Creates the folder.
 *
 * @param figures SVG documents by name, without extension.
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
