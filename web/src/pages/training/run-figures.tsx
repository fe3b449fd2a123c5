import { useMemo } from "preact/hooks";
import {
  type CurveQuantity,
  curvesOfLog,
  formatDegrees,
  hasCurve,
  linesFigure,
  scoreHistogramFigure,
  trainingCurvesFigure,
} from "../../../../src/measure/report/index.ts";
import { Figure } from "../../parts/figure.tsx";
import type { Run } from "./run.ts";
import { type GeometryRow, middlesOf } from "./run-log.ts";

const curves = [
  { quantity: "loss", title: "Loss", caption: "Bold: moving mean; faint: the logged values." },
  { quantity: "accuracy", title: "Training accuracy", caption: "By plain cosines, without margin." },
  { quantity: "verification", title: "Verification accuracy", caption: "On held-out pairs." },
  { quantity: "learningRate", title: "Learning rate", caption: "As the schedule set it." },
] as const satisfies readonly { quantity: CurveQuantity; title: string; caption: string }[];

/** All figures for which some log has data. */
export function RunFigures({ runs }: { readonly runs: readonly Run[] }) {
  const figures = useMemo(() => figuresOf(runs), [runs]);
  return (
    <section class="figures" aria-label="Figures">
      {figures.map((figure) => (
        <Figure key={figure.title} {...figure} />
      ))}
    </section>
  );
}

type RunFigure = { readonly title: string; readonly caption: string; readonly draw: (width: number) => string };

function figuresOf(runs: readonly Run[]): RunFigure[] {
  const logged = runs.map(({ name, rows }) =>
    curvesOfLog(
      name,
      rows.filter((row) => row.kind === "train" || row.kind === "verify" || row.kind === "start"),
    ),
  );
  return [
    ...curves
      .filter(({ quantity }) => hasCurve(logged, quantity))
      .map(({ quantity, ...texts }) => ({
        ...texts,
        draw: (width: number) => trainingCurvesFigure(logged, quantity, sizeFor(width)),
      })),
    ...throughput(runs),
    ...hypersphere(runs),
    ...scores(runs),
  ];
}

const sizeFor = (width: number) => ({ width, height: Math.round(Math.min(340, Math.max(240, width * 0.66))) });

function throughput(runs: readonly Run[]): RunFigure[] {
  const lines = runs.map(({ name, rows }) => ({
    name,
    hasMarkers: false,
    points: rows.flatMap((row) =>
      row.kind === "train" && row.imagesPerSecond !== undefined ? [{ x: row.iteration, y: row.imagesPerSecond }] : [],
    ),
  }));
  if (lines.every(({ points }) => points.length === 0)) return [];
  const draw = (width: number) =>
    linesFigure(lines, {
      title: "Images per second by iteration",
      x: { name: "Iteration", min: 0 },
      y: { name: "Images per second", min: 0 },
      ...sizeFor(width),
    });
  return [{ title: "Throughput", caption: "Training alone, without verification and checkpoints.", draw }];
}

function hypersphere(runs: readonly Run[]): RunFigure[] {
  const lines = runs.flatMap(({ name, rows }) => {
    const measured = rows.filter((row) => row.kind === "geometry");
    if (measured.length === 0) return [];
    const line = (what: string, degreesOf: (row: GeometryRow) => number) => ({
      name: runs.length === 1 ? what : `${name}: ${what}`,
      points: measured.map((row) => ({ x: row.iteration, y: degreesOf(row) })),
    });
    return [
      line("mean", ({ meanNearestDegrees }) => meanNearestDegrees),
      line("smallest", ({ smallestDegrees }) => smallestDegrees),
    ];
  });
  if (lines.length === 0) return [];
  const draw = (width: number) =>
    linesFigure(lines, {
      title: "Angles between class centers by iteration",
      x: { name: "Iteration", min: 0 },
      y: { name: "Angle (degrees)", min: 0, format: (degrees) => formatDegrees(degrees, 0) },
      ...sizeFor(width),
    });
  return [{ title: "Hypersphere", caption: "From each class center to the one nearest to it.", draw }];
}

function scores(runs: readonly Run[]): RunFigure[] {
  return runs.flatMap(({ name, rows }) => {
    const row = rows.findLast((candidate) => candidate.kind === "scores");
    if (row === undefined) return [];
    const pairs = {
      genuine: middlesOf(row.edges, row.genuineCounts),
      impostor: middlesOf(row.edges, row.impostorCounts),
    };
    return [
      {
        title: runs.length === 1 ? "Scores" : `Scores of ${name}`,
        caption: "Cosines of verification pairs, last measured.",
        draw: (width: number) => scoreHistogramFigure(pairs, sizeFor(width)),
      },
    ];
  });
}
