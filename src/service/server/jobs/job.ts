/**
 * Bulk work: pictures that come in over as many requests as they need, and are looked at when the networks have time. A job
 * is open while pictures come, then finishes what waits, and is done.
 */
import { randomUUID } from "node:crypto";
import type { QualityReason } from "../../../base/core/index.ts";

export const jobKinds = ["enroll", "cluster"] as const;
export const jobStates = ["open", "finishing", "done", "cancelled", "failed"] as const;
export type JobKind = (typeof jobKinds)[number];
export type JobState = (typeof jobStates)[number];

/** A picture of a job, by its place among all that the job was given, from 0. */
export type JobPicture = { readonly place: number; readonly bytes: Buffer; readonly subject: string | undefined };

/** Why a whole job came to nothing, in the words of a problem's answer. */
export type Failure = { readonly code: string; readonly detail: string };

/** Why a picture did. */
export type Refusal = Failure & {
  /** What is wrong with a face, where that was the reason. */
  readonly reasons?: readonly QualityReason[];
};

/** What is done with the pictures of a job. */
export interface JobWork {
  readonly kind: JobKind;
  /** The collection that it writes to; null when it writes nothing. */
  readonly collection: string | null;
  readonly maximumPictures: number;
  /** @throws {CosfaceError} for a picture that comes to nothing; the others go on. */
  look(picture: JobPicture): Promise<void>;
  /** Called once, when all pictures have been looked at. */
  finish(): void;
}

/** A job as it stands. */
export class Job<Work extends JobWork = JobWork> {
  readonly id = randomUUID();
  readonly createdAt = new Date();
  /** Id of the key that made it. */
  readonly owner: string;
  readonly work: Work;
  readonly refusals: (Refusal & { readonly picture: number })[] = [];
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

  /** Pictures that have been looked at, those refused among them. */
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

  /** Takes note of pictures, and gives the place of the first. */
  receive(count: number): number {
    const first = this.#receivedCount;
    this.#receivedCount += count;
    this.#change();
    return first;
  }

  /** Takes note of a picture that was looked at. */
  see(picture: number, refusal?: Refusal): void {
    this.#seenCount++;
    if (refusal !== undefined) this.refusals.push({ picture, ...refusal });
    this.#finishIfSeen();
    this.#change();
  }

  /** Says that no pictures come any more. */
  finish(): void {
    if (this.#state !== "open") return;
    this.#state = "finishing";
    this.#finishIfSeen();
    this.#change();
  }

  /** Ends it, if it has not ended. */
  end(state: "cancelled" | "failed", failure?: Failure): void {
    if (this.hasEnded) return;
    this.#state = state;
    this.#failure = failure;
    this.#change();
  }

  /** Resolves with the next change after `version`, at once when there was one. */
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
