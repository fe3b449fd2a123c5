/** The jobs of a service: how many there may be, and in which order their images are processed. */
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
import { type ImageRefusal, Job, type JobImage, type JobWork } from "./job.ts";

/** Jobs that are remembered; the one that ended first makes room for another. */
const MOST_JOBS = 16;
/** Bytes of images that may wait, of all jobs together. */
const MOST_WAITING_BYTES = 64 * 2 ** 20;
/** Images that are processed at once: the networks have room for more, which requests that somebody waits for use. */
const AT_ONCE = 4;
/** An open job that receives no images for so long is cancelled. */
const IDLE_MILLISECONDS = 10 * 60_000;
/** Pause before the next attempt when the networks are busy or the database is away. */
const RETRY_MILLISECONDS = 250;

type Waiting = { readonly job: Job; readonly image: JobImage };

/** Jobs in memory: they are gone when the service ends, and the people that they enrolled stay. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Waiting[] = [];
  readonly #onFault: (error: unknown) => void;
  #waitingBytes = 0;
  #runningCount = 0;

  /** @param onFault called with errors that no image has caused. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** @throws {UnavailableError} when too many jobs have not ended. */
  create<Work extends JobWork>(key: Pick<ApiKey, "id">, work: Work): Job<Work> {
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
      "jobs: no job has this id: jobs of another key cannot be seen, and those from before a restart are gone",
    );
  }

  /**
   * Adds images to a job.
   *
   * @throws {OptionError} when the job is not open, or has too many.
   * @throws {UnavailableError} when too many images wait.
   */
  add(job: Job, images: readonly Buffer[], subject?: string): void {
    if (job.state !== "open") throw new OptionError(`jobs: this job is ${job.state}, expected one that is open`);
    const most = job.work.maximumImages;
    if (job.receivedCount + images.length > most) {
      throw new OptionError(`jobs: got more than ${most} images, the most of one job: create another for the rest`);
    }
    const size = images.reduce((sum, { length }) => sum + length, 0);
    if (this.#waitingBytes > 0 && this.#waitingBytes + size > MOST_WAITING_BYTES) {
      throw new UnavailableError("jobs: too many images wait already: send these again in a moment");
    }
    this.#waitingBytes += size;
    const first = job.receive(images.length);
    for (const [i, bytes] of images.entries()) {
      this.#waiting.push({ job, image: { index: first + i, bytes, subject } });
    }
    this.#start();
  }

  /** Ends a job if it runs, and forgets it. The people that it enrolled stay. */
  remove(job: Job): void {
    job.end("cancelled");
    this.#jobs.delete(job.id);
  }

  /** Ends all jobs because the service ends, and returns how many were not done. */
  close(): number {
    const unfinished = [...this.#jobs.values()].filter(({ hasEnded }) => !hasEnded);
    for (const job of unfinished) job.end("cancelled", { code: ENDED.code, detail: ENDED.message });
    this.#jobs.clear();
    return unfinished.length;
  }

  #makeRoom(): void {
    for (const job of this.#jobs.values()) {
      if (job.state === "open" && job.idleMilliseconds > IDLE_MILLISECONDS) job.end("cancelled");
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
    while (this.#runningCount < AT_ONCE) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#runningCount++;
      void this.#run(next).finally(() => {
        this.#runningCount--;
        this.#start();
      });
    }
  }

  async #run({ job, image }: Waiting): Promise<void> {
    try {
      await processPatiently(job, image);
      job.see(image.index);
    } catch (error) {
      if (error instanceof CosfaceError && error.statusCode < 500) job.see(image.index, refusalOf(error));
      else {
        this.#onFault(error);
        job.end("failed", { code: UNKNOWN.code, detail: UNKNOWN.message });
      }
    } finally {
      this.#waitingBytes -= image.bytes.length;
    }
  }
}

const ENDED = new UnavailableError(
  "jobs: the service has ended: send the images to a new job, which skips those that are enrolled",
);
const UNKNOWN = new InternalError("internal: the job could not go on: the log has the reason");

/** Requests that somebody waits for come first: while the networks are busy with them, the job tries again. */
async function processPatiently(job: Job, image: JobImage): Promise<void> {
  while (!job.hasEnded) {
    try {
      return await job.work.process(image);
    } catch (error) {
      if (!(error instanceof CosfaceError && error.statusCode === 503)) throw error;
      await sleep(RETRY_MILLISECONDS);
    }
  }
}

function refusalOf(error: CosfaceError): ImageRefusal {
  const { code, message: detail } = error;
  return error instanceof QualityError ? { code, detail, reasons: error.reasons } : { code, detail };
}

function maySee(key: ApiKey, job: Job): boolean {
  return key.id === job.owner || allows(key, "admin");
}
