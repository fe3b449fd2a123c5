/**
 * A job: images that arrive over as many requests as they need, and are processed when the networks have time. A job is
 * open while images arrive, then finishes those that wait, and is done.
 */
import { randomUUID } from "node:crypto";
import type { Job as JobAnswer, Refusal } from "../contract/index.ts";

export type JobKind = JobAnswer["kind"];
export type JobState = JobAnswer["state"];

/** An image of a job, with its index among all images that the job received, from 0. */
export type JobImage = { readonly index: number; readonly bytes: Buffer; readonly subject: string | undefined };

/** Why a whole job failed, as a problem's answer states it. */
export type Failure = NonNullable<JobAnswer["failure"]>;

/** Why an image was refused. */
export type ImageRefusal = Omit<Refusal, "picture">;

/** What a job does with its images. */
export interface JobWork {
  readonly kind: JobKind;
  /** The collection that it writes to; null when it writes nothing. */
  readonly collection: string | null;
  readonly maximumImages: number;
  /** @throws {CosfaceError} for an image that is refused; the others continue. */
  process(image: JobImage): Promise<void>;
  /** Called once, when all images have been processed. */
  finish(): void;
}

/** The state of a job. */
export class Job<Work extends JobWork = JobWork> {
  readonly id = randomUUID();
  readonly createdAt = new Date();
  /** Id of the key that created it. */
  readonly owner: string;
  readonly work: Work;
  readonly refusals: Refusal[] = [];
  #state: JobState = "open";
  #failure: Failure | undefined;
  #receivedCount = 0;
  #seenCount = 0;
  /** Grows with every change. */
  #version = 0;
  #touchedAt = Date.now();
  #watchers: (() => void)[] = [];

  constructor(owner: string, work: Work) {
    this.owner = owner;
    this.work = work;
  }

  get state(): JobState {
    return this.#state;
  }

  get hasEnded(): boolean {
    return this.#state !== "open" && this.#state !== "finishing";
  }

  /** Why it failed. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  get receivedCount(): number {
    return this.#receivedCount;
  }

  /** Images that were processed, refused ones included. */
  get seenCount(): number {
    return this.#seenCount;
  }

  get version(): number {
    return this.#version;
  }

  /** Milliseconds since it last changed. */
  get idleMilliseconds(): number {
    return Date.now() - this.#touchedAt;
  }

  /** Counts images that arrived, and returns the index of the first. */
  receive(count: number): number {
    const first = this.#receivedCount;
    this.#receivedCount += count;
    this.#change();
    return first;
  }

  /** Counts an image that was processed. */
  see(index: number, refusal?: ImageRefusal): void {
    this.#seenCount++;
    if (refusal !== undefined) this.refusals.push({ picture: index, ...refusal });
    this.#finishIfSeen();
    this.#change();
  }

  /** Declares that no more images follow. */
  finish(): void {
    if (this.#state !== "open") return;
    this.#state = "finishing";
    this.#finishIfSeen();
    this.#change();
  }

  /** Ends it, unless it has ended. */
  end(state: "cancelled" | "failed", failure?: Failure): void {
    if (this.hasEnded) return;
    this.#state = state;
    this.#failure = failure;
    this.#change();
  }

  /** Resolves with the next change after `version`, at once if there was one. */
  changeAfter(version: number): Promise<void> {
    if (version !== this.#version) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  #finishIfSeen(): void {
    if (this.#state !== "finishing" || this.#seenCount < this.#receivedCount) return;
    this.work.finish();
    this.#state = "done";
  }

  #change(): void {
    this.#version++;
    this.#touchedAt = Date.now();
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const resolve of watchers) resolve();
  }
}
