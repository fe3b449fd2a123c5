/** The jobs of a service: how many there may be, and in which order their pictures are looked at. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  CosfaceError,
  InternalError,
  NotFoundError,
  OptionError,
  QualityError,
  UnavailableError,
} from "../../../base/core/index.ts";
import { type ApiKey, allows } from "../../gallery/index.ts";
import { problemStatus } from "../problems.ts";
import { Job, type JobPicture, type JobWork, type Refusal } from "./job.ts";

/** Jobs that are remembered; the one that ended first makes room for another. */
const MOST_JOBS = 16;
/** Bytes of pictures that may wait, of all jobs together. */
const MOST_WAITING_BYTES = 64 * 2 ** 20;
/** Pictures that are looked at together: the networks have room for more, which requests that somebody waits for use. */
const TOGETHER = 4;
/** An open job that gets no pictures for so long has been forgotten. */
const PATIENCE_MILLISECONDS = 10 * 60_000;
/** When the networks have too much to do, or the database is away. */
const RETRY_MILLISECONDS = 250;

type Waiting = { readonly job: Job; readonly picture: JobPicture };

/** Jobs in memory: they are gone when the service ends, and what they have enrolled stays. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Waiting[] = [];
  readonly #onFault: (error: unknown) => void;
  #waitingBytes = 0;
  #runningCount = 0;

  /** @param onFault called with errors that are no picture's own. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** @throws {UnavailableError} when there are too many that have not ended. */
  create<Work extends JobWork>(key: ApiKey, work: Work): Job<Work> {
    this.#makeRoom();
    const job = new Job(key.id, work);
    this.#jobs.set(job.id, job);
    return job;
  }

  /** The jobs that a key may see, oldest first: its own, and with the scope "admin" all. */
  list(key: ApiKey): Job[] {
    return [...this.#jobs.values()].filter((job) => maySee(key, job));
  }

  /** @throws {NotFoundError} */
  find(key: ApiKey, id: string): Job {
    const job = this.#jobs.get(id.toLowerCase());
    if (job !== undefined && maySee(key, job)) return job;
    throw new NotFoundError(
      "jobs: there is no job of this id: those of another key, or from before a restart, are gone",
    );
  }

  /**
   * Gives pictures to a job.
   *
   * @throws {OptionError} when it takes no more.
   * @throws {UnavailableError} when too many pictures wait.
   */
  add(job: Job, pictures: readonly Buffer[], subject?: string): void {
    if (job.state !== "open") throw new OptionError(`jobs: this job is ${job.state}, expected one that is open`);
    const most = job.work.maximumPictures;
    if (job.receivedCount + pictures.length > most) {
      throw new OptionError(`jobs: got more than ${most} pictures, the most of one job: make another for the rest`);
    }
    const size = pictures.reduce((sum, { length }) => sum + length, 0);
    if (this.#waitingBytes > 0 && this.#waitingBytes + size > MOST_WAITING_BYTES) {
      throw new UnavailableError("jobs: too many pictures wait already: send these again in a moment");
    }
    this.#waitingBytes += size;
    const first = job.receive(pictures.length);
    for (const [i, bytes] of pictures.entries()) {
      this.#waiting.push({ job, picture: { place: first + i, bytes, subject } });
    }
    this.#start();
  }

  /** Ends a job that runs, and forgets it. What it has enrolled stays. */
  remove(job: Job): void {
    job.end("cancelled");
    this.#jobs.delete(job.id);
  }

  /** Ends all as the service does, and gives the number of those that were not done. */
  close(): number {
    const unfinished = [...this.#jobs.values()].filter(({ hasEnded }) => !hasEnded);
    for (const job of unfinished) job.end("cancelled", { code: ENDED.code, detail: ENDED.message });
    this.#jobs.clear();
    return unfinished.length;
  }

  #makeRoom(): void {
    for (const job of this.#jobs.values()) {
      if (job.state === "open" && job.idleMilliseconds > PATIENCE_MILLISECONDS) job.end("cancelled");
    }
    if (this.#jobs.size < MOST_JOBS) return;
    const oldest = [...this.#jobs.values()]
      .filter(({ hasEnded }) => hasEnded)
      .sort((a, b) => b.idleMilliseconds - a.idleMilliseconds)[0];
    if (oldest === undefined) {
      throw new UnavailableError(`jobs: ${MOST_JOBS} jobs run already: wait for one to end, or cancel one`);
    }
    this.#jobs.delete(oldest.id);
  }

  #start(): void {
    while (this.#runningCount < TOGETHER && this.#waiting.length > 0) {
      this.#runningCount++;
      void this.#run(this.#waiting.shift()!).finally(() => {
        this.#runningCount--;
        this.#start();
      });
    }
  }

  async #run({ job, picture }: Waiting): Promise<void> {
    try {
      await lookPatiently(job, picture);
      job.see(picture.place);
    } catch (error) {
      if (error instanceof CosfaceError && problemStatus[error.code]! < 500) job.see(picture.place, refusalOf(error));
      else {
        this.#onFault(error);
        job.end("failed", { code: UNKNOWN.code, detail: UNKNOWN.message });
      }
    } finally {
      this.#waitingBytes -= picture.bytes.length;
    }
  }
}

const ENDED = new UnavailableError(
  "jobs: the service has ended: give the pictures to a new job, which passes over those that are enrolled",
);
const UNKNOWN = new InternalError("internal: the job could not go on: the log has the reason");

/** Requests that somebody waits for go first: while there are too many of them, the job tries again. */
async function lookPatiently(job: Job, picture: JobPicture): Promise<void> {
  while (!job.hasEnded) {
    try {
      return await job.work.look(picture);
    } catch (error) {
      if (!(error instanceof CosfaceError && problemStatus[error.code] === 503)) throw error;
      await sleep(RETRY_MILLISECONDS);
    }
  }
}

function refusalOf(error: CosfaceError): Refusal {
  const { code, message: detail } = error;
  return error instanceof QualityError ? { code, detail, reasons: error.reasons } : { code, detail };
}

function maySee(key: ApiKey, job: Job): boolean {
  return key.id === job.owner || allows(key, "admin");
}
