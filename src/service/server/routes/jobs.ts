import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type App, Type } from "../app.ts";
import { Clustered, chooseClusterThreshold } from "../cluster-faces.ts";
import { limitsFor, QualityChoice } from "../enroll-picture.ts";
import { ClusterWork } from "../jobs/cluster-work.ts";
import { EnrollWork } from "../jobs/enroll-work.ts";
import { type Job, jobKinds, jobStates } from "../jobs/job.ts";
import { Jobs } from "../jobs/jobs.ts";
import type { ServerParts } from "../parts.ts";
import { manyPicturesBody, readManyPictures } from "../pictures.ts";
import { describeFault, Reason } from "../problems.ts";
import { answers, Id, Name, Nullable, Timestamp } from "../schemas.ts";
import { ThresholdQuery } from "../thresholds.ts";
import { collectionFor } from "./templates.ts";

const Failure = { code: Type.String({ description: "As a problem has it" }), detail: Type.String() };
const Facts = {
  id: Id,
  kind: Type.Enum([...jobKinds]),
  state: Type.Enum([...jobStates]),
  collection: Nullable(Name),
  receivedCount: Type.Integer({ description: "Pictures that came" }),
  seenCount: Type.Integer({ description: "Pictures that have been looked at, those refused among them" }),
  refusedCount: Type.Integer(),
  failure: Nullable(Type.Object(Failure, { description: "Why it came to nothing" })),
  createdAt: Timestamp,
};
const JobAnswer = Type.Object(Facts);

const Picture = Type.Integer({ description: "Place of the picture among all of the job's, from 0" });
const JobResult = Type.Object({
  ...Facts,
  refusals: Type.Array(
    Type.Object({ picture: Picture, ...Failure, reasons: Type.Optional(Type.Array(Type.Object(Reason))) }),
  ),
  enrolled: Type.Optional(
    Type.Array(Type.Object({ picture: Picture, id: Id, subject: Name, subjectId: Id, isNew: Type.Boolean() })),
  ),
  clustered: Type.Optional(Clustered),
});

const JobPath = Type.Object({ job: Id });

/** Most pictures of one request. */
const MOST_AT_ONCE = 100;
/** How often a watcher hears of a job at most, and at least: connections that are silent are cut on the way. */
const PACE_MILLISECONDS = 100;
const HEARTBEAT_MILLISECONDS = 15_000;

/** Bulk work: a job is made, given pictures, told that there are no more, and watched until it is done. */
export function jobRoutes(app: App, { faces, qualityLimits, thresholds }: ServerParts): void {
  const tags = ["jobs"];
  const config = { scope: ["read", "enroll"] } as const;
  const jobs = new Jobs((error) => app.log.error(describeFault(error), "fault"));
  app.addHook("preClose", async () => {
    const unfinishedCount = jobs.close();
    if (unfinishedCount > 0) app.log.warn({ unfinishedCount }, "jobs cancelled, since the service ends");
  });

  app.post(
    "/v1/jobs/enroll",
    {
      config: { scope: "enroll" },
      schema: {
        tags,
        summary: "Make a job that enrolls pictures of many people",
        body: Type.Object(
          {
            collection: Name,
            thumbnail: Type.Boolean({ default: false, description: "Whether to keep the crops" }),
            quality: QualityChoice,
          },
          { additionalProperties: false },
        ),
        response: answers({ 201: JobAnswer }),
      },
    },
    async ({ apiKey, body: { collection, quality, thumbnail }, gallery }, reply) => {
      const options = { thumbnail, ...limitsFor(quality, apiKey, qualityLimits) };
      const work = new EnrollWork(faces, await collectionFor(gallery, collection, faces.model), options);
      return reply.code(201).send(describe(jobs.create(apiKey!, work)));
    },
  );

  app.post(
    "/v1/jobs/cluster",
    {
      config: { scope: "read" },
      schema: {
        tags,
        summary: "Make a job that sorts the faces of many pictures into people, and keeps nothing",
        querystring: Type.Object(ThresholdQuery),
        response: answers({ 201: JobAnswer }),
      },
    },
    async ({ apiKey, gallery, query }, reply) => {
      const work = new ClusterWork(faces, await chooseClusterThreshold(gallery, faces.model, query, thresholds));
      return reply.code(201).send(describe(jobs.create(apiKey!, work)));
    },
  );

  app.post(
    "/v1/jobs/:job/pictures",
    {
      config,
      schema: {
        tags,
        summary: "Give pictures to a job that is open; 503 with Retry-After while too many wait",
        params: JobPath,
        querystring: Type.Object({
          subject: Type.Optional(Type.String({ ...Name, description: "Whom they show, for a job that enrolls" })),
        }),
        consumes: ["multipart/form-data", "application/json", "image/*"],
        body: manyPicturesBody("images"),
        response: answers({ 202: JobAnswer }),
      },
    },
    async (request, reply) => {
      const job = jobs.find(request.apiKey!, request.params.job);
      jobs.add(job, await readManyPictures(request, "images", MOST_AT_ONCE), request.query.subject);
      return reply.code(202).send(describe(job));
    },
  );

  app.post(
    "/v1/jobs/:job/finish",
    {
      config,
      schema: {
        tags,
        summary: "Say that no more pictures come: the job is done when all have been looked at",
        params: JobPath,
        response: answers({ 202: JobAnswer }),
      },
    },
    async ({ apiKey, params }, reply) => {
      const job = jobs.find(apiKey!, params.job);
      job.finish();
      return reply.code(202).send(describe(job));
    },
  );

  app.get(
    "/v1/jobs",
    {
      config,
      schema: {
        tags,
        summary: "The jobs of this key, oldest first; with the scope admin those of all",
        response: answers({ 200: Type.Object({ jobs: Type.Array(JobAnswer) }) }),
      },
    },
    async ({ apiKey }) => ({ jobs: jobs.list(apiKey!).map(describe) }),
  );

  app.get(
    "/v1/jobs/:job",
    {
      config,
      schema: {
        tags,
        summary: "A job, with its results so far",
        params: JobPath,
        response: answers({ 200: JobResult }),
      },
    },
    async ({ apiKey, params }) => describeResult(jobs.find(apiKey!, params.job)),
  );

  app.get(
    "/v1/jobs/:job/events",
    {
      config: { ...config, isUnlimited: true },
      schema: {
        tags,
        summary: "The job as server-sent events: 'progress' with each change, and 'end'",
        params: JobPath,
        produces: ["text/event-stream"],
      },
    },
    async ({ apiKey, params }, reply) => {
      const events = Readable.from(watch(jobs.find(apiKey!, params.job)));
      // Kept alive, the connection would hold up the end of the service.
      return reply.type("text/event-stream").header("connection", "close").send(events);
    },
  );

  app.delete(
    "/v1/jobs/:job",
    {
      config,
      schema: {
        tags,
        summary: "Cancel a job, or forget one that has ended; what it has enrolled stays",
        params: JobPath,
        response: answers({ 204: Type.Null() }),
      },
    },
    async ({ apiKey, params }, reply) => {
      jobs.remove(jobs.find(apiKey!, params.job));
      return reply.code(204).send(null);
    },
  );
}

/** A job's changes as server-sent events (HTML Standard, section 9.2), until it ends. */
async function* watch(job: Job): AsyncGenerator<string> {
  for (;;) {
    const { hasEnded, version } = job;
    yield `event: ${hasEnded ? "end" : "progress"}\ndata: ${JSON.stringify(describe(job))}\n\n`;
    if (hasEnded) return;
    const heartbeat = new AbortController();
    const silence = sleep(HEARTBEAT_MILLISECONDS, undefined, heartbeat).catch(() => {});
    await Promise.race([job.changeAfter(version), silence]);
    heartbeat.abort();
    await sleep(PACE_MILLISECONDS);
  }
}

function describeRefusal({ reasons, ...refusal }: Job["refusals"][number]) {
  return reasons === undefined ? refusal : { ...refusal, reasons: [...reasons] };
}

function describe({ createdAt, failure, id, receivedCount, refusals, seenCount, state, work }: Job) {
  const { collection, kind } = work;
  const counts = { receivedCount, seenCount, refusedCount: refusals.length };
  return { id, kind, state, collection, ...counts, failure: failure ?? null, createdAt: createdAt.toISOString() };
}

function describeResult(job: Job) {
  const { refusals, work } = job;
  const common = { ...describe(job), refusals: refusals.map(describeRefusal) };
  if (work instanceof EnrollWork) return { ...common, enrolled: work.enrolled };
  if (!(work instanceof ClusterWork) || work.clustered === undefined) return common;
  const { clustered, far, threshold } = work;
  return { ...common, clustered: { threshold, far, faces: [...clustered] } };
}
