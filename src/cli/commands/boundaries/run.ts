import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type BoundariesOptions,
  boundariesReport,
  boundaryFigures,
  writeFigures,
} from "../../../measure/report/index.ts";
import { given } from "../../given.ts";
import { print, printJson } from "../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags): Promise<void> {
  const { out, json, margin, arcMargin, multiplier, norms, between } = flags;
  const options: BoundariesOptions = given({
    cosineMargin: margin,
    marginRadians: arcMargin,
    multiplier,
    normRatio: norms,
    betweenDegrees: between,
  });
  const named = Object.entries(boundaryFigures(options)).map(([name, { svg }]) => [name, svg] as const);
  const command = `cosface boundaries ${process.argv.slice(3).join(" ")}`.trim();
  await mkdir(out, { recursive: true });
  const report = join(out, "report.html");
  const figures = join(out, "figures");
  await writeFile(report, boundariesReport({ ...options, command }));
  await writeFigures(figures, Object.fromEntries(named));
  if (json) printJson({ report, figures: named.map(([name]) => join(figures, `${name}.svg`)) });
  else print(`${report}  to open in a browser`, `${figures}  the same figures as SVG and PNG`);
}
