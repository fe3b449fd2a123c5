import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { addRoute } from "../add-route.ts";
import type { App } from "../app.ts";
import { isStillValid, requireKey } from "../authentication.ts";
import { chooseClusterThreshold } from "../cluster-faces.ts";
import { contract, type Job as JobAnswer, type JobResult } from "../contract/index.ts";
import { limitsFor } from "../enroll-image.ts";
import { ClusterWork } from "../jobs/cluster-work.ts";
import { EnrollWork } from "../jobs/enroll-work.ts";
import type { Job } from "../jobs/job.ts";
import { Jobs } from "../jobs/jobs.ts";
import type { ServerParts } from "../parts.ts";
import { describeFault } from "../problems.ts";
import { readManyImages } from "../request-images.ts";
import { collectionFor } from "./templates.ts";

/** Most images of one request. */
const MOST_AT_ONCE = 100;
/** Shortest and longest time between two events: proxies close connections that stay silent. */
const EVENT_MILLISECONDS = 100;
const HEARTBEAT_MILLISECONDS = 15_000;
/** How often the key of an event stream is checked again. */
const KEY_MILLISECONDS = 2000;

/**
 * Work on many images: a job is created, receives images, is told that no more follow, and is watched until it is done.
 */
export function jobRoutes(app: App, { faces, qualityLimits, thresholds }: ServerParts): void {
  const jobs = new Jobs((error) => app.log.error(describeFault(error), "fault"));
  app.addHook("preClose", async () => {
    const unfinishedCount = jobs.close();
    if (unfinishedCount > 0) app.log.warn({ unfinishedCount }, "jobs cancelled, since the service ends");
  });

  addRoute(app, contract.createEnrollJob, async (request) => {
    const { collection, quality, thumbnail } = request.body;
    const options = { thumbnail, ...limitsFor(quality, request.apiKey, qualityLimits) };
    const work = new EnrollWork(faces, await collectionFor(request.gallery, collection, faces.model), options);
    return describe(jobs.create(requireKey(request), work));
  });

  addRoute(app, contract.createClusterJob, async (request) => {
    const threshold = await chooseClusterThreshold(request.gallery, faces.model, request.query, thresholds);
    return describe(jobs.create(requireKey(request), new ClusterWork(faces, threshold)));
  });

  addRoute(app, contract.addJobImages, async (request) => {
    const job = jobs.find(requireKey(request), request.params.job);
    jobs.add(job, await readManyImages(request, "images", MOST_AT_ONCE), request.query.subject);
    return describe(job);
  });

  addRoute(app, contract.finishJob, async (request) => {
    const job = jobs.find(requireKey(request), request.params.job);
    job.finish();
    return describe(job);
  });

  addRoute(app, contract.listJobs, async (request) => ({ jobs: jobs.list(requireKey(request)).map(describe) }));

  addRoute(app, contract.getJob, async (request) => describeResult(jobs.find(requireKey(request), request.params.job)));

  addRoute(app, contract.watchJob, async (request, reply) => {
    const job = jobs.find(requireKey(request), request.params.job);
    // Kept alive, the connection would delay the end of the service.
    reply.type("text/event-stream").header("connection", "close");
    return Readable.from(watch(job, () => isStillValid(request)));
  });

  addRoute(app, contract.deleteJob, async (request) => {
    jobs.remove(jobs.find(requireKey(request), request.params.job));
  });
}

/** A job's changes as server-sent events (HTML Standard, section 9.2), until the job ends or its watcher's key does. */
async function* watch(job: Job, isAllowed: () => Promise<boolean>): AsyncGenerator<string> {
  let silentSince = Number.NEGATIVE_INFINITY;
  let version = -1;
  let checkedAt = performance.now();
  for (;;) {
    const now = performance.now();
    if (now - checkedAt >= KEY_MILLISECONDS) {
      if (!(await isAllowed())) return;
      checkedAt = now;
    }
    if (job.version !== version || now - silentSince >= HEARTBEAT_MILLISECONDS) {
      version = job.version;
      silentSince = now;
      yield `event: ${job.hasEnded ? "end" : "progress"}\ndata: ${JSON.stringify(describe(job))}\n\n`;
    }
    if (job.hasEnded && job.version === version) return;
    const timer = new AbortController();
    const pause = sleep(KEY_MILLISECONDS, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([job.changeAfter(version), pause]);
    timer.abort();
    await sleep(EVENT_MILLISECONDS);
  }
}

function describe({ createdAt, failure, id, receivedCount, refusals, seenCount, state, work }: Job): JobAnswer {
  const { collection, kind } = work;
  const counts = { receivedCount, seenCount, refusedCount: refusals.length };
  return { id, kind, state, collection, ...counts, failure: failure ?? null, createdAt: createdAt.toISOString() };
}

function describeResult(job: Job): JobResult {
  const { refusals, work } = job;
  const common = { ...describe(job), refusals };
  if (work instanceof EnrollWork) return { ...common, enrolled: work.enrolled };
  if (!(work instanceof ClusterWork) || work.clustered === undefined) return common;
  const { clustered, far, sources, threshold } = work;
  return { ...common, clustered: { threshold, far, sources, faces: clustered } };
}
