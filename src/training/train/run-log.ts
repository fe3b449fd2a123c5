/** The log of a run: one JSON object a line in `log.jsonl`, and the same numbers as a TensorBoard event file. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { requireKind, TrainingError } from "../../base/core/index.ts";
import { describeReadError } from "../../base/files/index.ts";
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
  /** The same on images that were changed as in training; in fine-tuning, where they are changed. */
  readonly changedAccuracy?: number;
  readonly seconds: number;
};

/** A line that reports that the accuracy fell in fine-tuning, and what was done. */
export type GuardRow = {
  readonly kind: "guard";
  readonly iteration: number;
  readonly accuracy: number;
  /** Accuracy before the first step. */
  readonly accuracyBefore: number;
  readonly action: "lower" | "stop";
  /** Steps after which the weights were as they are again. */
  readonly restored: number;
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
export type LogRow = StartRow | TrainingRow | VerificationRow | GuardRow | ScoresRow | GeometryRow;

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
  const rows = resumedAt === undefined ? [] : readLogIn(folder).filter(({ iteration }) => iteration <= resumedAt);
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
        const { accuracy, changedAccuracy } = row;
        const scalars = { accuracy, ...(changedAccuracy === undefined ? {} : { changed_accuracy: changedAccuracy }) };
        writeSync(events, scalarEvent(now(), row.iteration, prefixed("verify", scalars)));
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

/**
 * Rows of a log, from the path of `log.jsonl`; a last line that a crash cut off is left out.
 *
 * @throws {TrainingError} when the file cannot be read, or another line is not a row; it names the line.
 */
export function readRunLog(path: string): LogRow[] {
  requireKind("path", path, "a text");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const reason = describeReadError(cause as NodeJS.ErrnoException);
    throw new TrainingError(`${basename(path)}: ${reason}: expected the log.jsonl of a run`, { cause, file: path });
  }
  const lines = text.split("\n");
  const cutOff = lines.pop();
  const rows = lines.map((line, i) => {
    const row = parseRow(line);
    if (row !== undefined) return row;
    throw new TrainingError(
      `${basename(path)}:${i + 1}: got a line that is not a row of a run's log: remove the line if it does not matter`,
      { file: path },
    );
  });
  const last = parseRow(cutOff ?? "");
  return last === undefined ? rows : [...rows, last];
}

/** Rows of the log in a run's folder; none where it has no log. @throws {TrainingError} as {@link readRunLog}. */
export function readLogIn(folder: string): LogRow[] {
  const path = join(folder, "log.jsonl");
  return existsSync(path) ? readRunLog(path) : [];
}

/** Fields without which a row says nothing, by its kind. */
const NUMBERS: { readonly [K in LogRow["kind"]]: readonly string[] } = {
  start: [],
  train: ["loss"],
  verify: ["accuracy"],
  guard: ["accuracy", "accuracyBefore", "restored"],
  scores: [],
  geometry: ["meanNearestDegrees", "smallestDegrees"],
};

/** A row from its line; undefined for a line that is not one. */
function parseRow(line: string): LogRow | undefined {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isRow(row) ? row : undefined;
}

function isRow(value: unknown): value is LogRow {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const row: Readonly<Record<string, unknown>> = { ...value };
  const { kind, iteration } = row;
  if (typeof kind !== "string" || !Object.hasOwn(NUMBERS, kind)) return false;
  if (!(Number.isSafeInteger(iteration) && Number(iteration) >= 0)) return false;
  if (kind === "scores" && !["edges", "genuineCounts", "impostorCounts"].every((name) => isNumbers(row[name]))) {
    return false;
  }
  return NUMBERS[kind as LogRow["kind"]].every((name) => Number.isFinite(row[name]));
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every(Number.isFinite);
}

function prefixed(prefix: string, scalars: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [`${prefix}/${name}`, value]));
}
