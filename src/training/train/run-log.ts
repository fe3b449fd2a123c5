/** The log of a run: one JSON object a line in `log.jsonl`, and the same numbers as a TensorBoard event file. */
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { ScoresRow } from "./scores-row.ts";
import { fileHeader, scalarEvent } from "./tensorboard.ts";

/** A line of the log that reports training: means over the steps since the line before. */
export type TrainingRow = {
  readonly kind: "train";
  /** Steps done. */
  readonly iteration: number;
  readonly epoch: number;
  readonly loss: number;
  /** Share of images whose own class center has the highest plain cosine, in [0, 1]; absent without class centers. */
  readonly accuracy?: number;
  readonly learningRate: number;
  readonly margin: number;
  readonly imagesPerSecond: number;
  /** Time spent on training, without interruptions. */
  readonly seconds: number;
};

/** A line that reports a verification during training. */
export type VerificationRow = {
  readonly kind: "verify";
  readonly iteration: number;
  /** Ten-fold accuracy and its standard deviation, in [0, 1]. */
  readonly accuracy: number;
  readonly standardDeviation: number;
  readonly seconds: number;
};

/** A line that reports how the class centers lie, at each checkpoint and at the end. Angles are in degrees. */
export type GeometryRow = {
  readonly kind: "geometry";
  readonly iteration: number;
  /** How many centers were measured: all, or an even part of many. */
  readonly measuredCount: number;
  /** Angles from a center to the nearest other: the mean, and the smallest. */
  readonly meanNearestDegrees: number;
  readonly smallestDegrees: number;
};

/** The first line of a run and of each resumption. */
export type StartRow = {
  readonly kind: "start";
  readonly iteration: number;
  readonly time: string;
  readonly options: unknown;
  /** Sentences about what was chosen, and about numbers that cannot work. */
  readonly notes: readonly string[];
};

/** A row of the run log, distinguished by `kind`. */
export type LogRow = StartRow | TrainingRow | VerificationRow | ScoresRow | GeometryRow;

export interface RunLog {
  write(row: LogRow): void;
  /** All rows, with those of earlier parts of the run. */
  readonly rows: readonly LogRow[];
  close(): void;
}

/**
 * Opens the log of a run; when it is resumed, lines after its checkpoint are dropped, since they will be written again.
 */
export function openRunLog(folder: string, resumedAt: number | undefined): RunLog {
  const path = join(folder, "log.jsonl");
  const rows = resumedAt === undefined ? [] : readRunLog(path).filter(({ iteration }) => iteration <= resumedAt);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const lines = openSync(path, "a");
  const now = () => Date.now() / 1000;
  const events = openSync(join(folder, `events.out.tfevents.${Math.floor(now())}.cosface.${process.pid}`), "a");
  writeSync(events, fileHeader(now()));
  return {
    rows,
    write(row) {
      rows.push(row);
      writeSync(lines, `${JSON.stringify(row)}\n`);
      if (row.kind === "train") {
        const { loss, accuracy, learningRate, imagesPerSecond, margin } = row;
        const scalars = {
          loss,
          ...(accuracy === undefined ? {} : { accuracy }),
          learning_rate: learningRate,
          margin,
          images_per_second: imagesPerSecond,
        };
        writeSync(events, scalarEvent(now(), row.iteration, prefixed("train", scalars)));
      } else if (row.kind === "verify") {
        writeSync(events, scalarEvent(now(), row.iteration, { "verify/accuracy": row.accuracy }));
      } else if (row.kind === "geometry") {
        const { meanNearestDegrees, smallestDegrees } = row;
        const scalars = { mean_nearest_degrees: meanNearestDegrees, smallest_degrees: smallestDegrees };
        writeSync(events, scalarEvent(now(), row.iteration, prefixed("centers", scalars)));
      }
    },
    close() {
      for (const file of [lines, events]) {
        fsyncSync(file);
        closeSync(file);
      }
    },
  };
}

/** Rows of a log; a last line that a crash cut off is left out. */
export function readRunLog(path: string): LogRow[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as LogRow];
    } catch {
      return [];
    }
  });
}

function prefixed(prefix: string, scalars: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [`${prefix}/${name}`, value]));
}
