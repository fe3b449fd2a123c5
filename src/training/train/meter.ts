import type { StepResult } from "./programs/program.ts";
import type { LogRow, TrainingRow } from "./run-log.ts";

/** Means of the steps since the last line, and the time spent on them. */
export class Meter {
  readonly #batchSize: number;
  #seconds: number;
  #since = performance.now();
  #count = 0;
  #loss = 0;
  #accuracy: number | undefined = 0;

  constructor(rows: readonly LogRow[], batchSize: number) {
    this.#batchSize = batchSize;
    this.#seconds = rows.reduce((latest, row) => (row.kind === "train" ? row.seconds : latest), 0);
  }

  get seconds(): number {
    return this.#seconds + (performance.now() - this.#since) / 1000;
  }

  add({ loss, accuracy }: StepResult): void {
    this.#count++;
    this.#loss += loss;
    this.#accuracy = accuracy === undefined || this.#accuracy === undefined ? undefined : this.#accuracy + accuracy;
  }

  take(): Pick<TrainingRow, "loss" | "accuracy" | "imagesPerSecond" | "seconds"> {
    const elapsed = (performance.now() - this.#since) / 1000;
    const taken = {
      loss: this.#loss / this.#count,
      ...(this.#accuracy === undefined ? {} : { accuracy: this.#accuracy / this.#count }),
      imagesPerSecond: (this.#count * this.#batchSize) / elapsed,
    };
    this.restart(elapsed);
    this.#count = this.#loss = this.#accuracy = 0;
    return { ...taken, seconds: this.#seconds };
  }

  /** Starts the clock again: time that was not training does not count. */
  restart(trained = 0): void {
    this.#seconds += trained;
    this.#since = performance.now();
  }
}
