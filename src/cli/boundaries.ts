import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import type { BoundariesOptions } from "../measure/report/index.ts";
import { parseInteger, parseNumber } from "./arguments.ts";
import { print, printJson } from "./output.ts";

type Flags = {
  out: string;
  margin?: number;
  arcMargin?: number;
  multiplier?: number;
  norms?: number;
  between?: number;
  json?: boolean;
};

export function boundariesCommand(): Command {
  return new Command("boundaries")
    .option("--out <folder>", "folder for report.html and figures", "boundaries")
    .option("--margin <m>", "CosFace's margin, in cosine; default 0.35", parseNumber)
    .option("--arc-margin <m>", "ArcFace's margin, in radians; default 0.5", parseNumber)
    .option("--multiplier <m>", "A-Softmax's multiplier of the angle; default 4", parseInteger)
    .option("--norms <r>", "softmax: norm of center 1 over that of center 2; default 2", parseNumber)
    .option("--between <degrees>", "angle between the two class centers; default 90", parseNumber)
    .option("--json", "print JSON: the files written")
    .addHelpText(
      "after",
      `
Examples:
  cosface boundaries
  cosface boundaries --margin 0.2 --between 45 --out lecture`,
    )
    .action(runBoundaries);
}

async function runBoundaries({ out, json, margin, arcMargin, multiplier, norms, between }: Flags): Promise<void> {
  const { boundariesReport, boundaryFigures, writeFigures } = await import("../measure/report/index.ts");
  const options: BoundariesOptions = {
    ...(margin === undefined ? {} : { cosineMargin: margin }),
    ...(arcMargin === undefined ? {} : { marginRadians: arcMargin }),
    ...(multiplier === undefined ? {} : { multiplier }),
    ...(norms === undefined ? {} : { normRatio: norms }),
    ...(between === undefined ? {} : { betweenDegrees: between }),
  };
  const named = Object.entries(boundaryFigures(options)).map(([name, { svg }]) => [name, svg] as const);
  const command = `cosface boundaries ${process.argv.slice(3).join(" ")}`.trim();
  await mkdir(out, { recursive: true });
  const report = join(out, "report.html");
  const figures = join(out, "figures");
  await writeFile(report, boundariesReport({ ...options, command }));
  await writeFigures(figures, Object.fromEntries(named));
  if (json) printJson({ report, figures: named.map(([name]) => join(figures, `${name}.svg`)) });
  else print(`${report}  to be opened in a browser`, `${figures}  the same figures as SVG and PNG`);
}
