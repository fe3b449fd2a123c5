/** Jobs: work on many images, which arrive over as many requests as they need. */
import { imagesBody, ONE_IMAGE } from "./bodies.ts";
import { Clustered } from "./recognition.ts";
import { type Described, type RouteContract, Type } from "./schema.ts";
import { Id, Name, Nullable, QualityChoice, Reason, ThresholdQuery, Timestamp } from "./shapes.ts";

export const jobKinds = ["enroll", "cluster"] as const;
export const jobStates = ["open", "finishing", "done", "cancelled", "failed"] as const;

const Failure = { code: Type.String({ description: "As in a problem's answer" }), detail: Type.String() };

const Facts = {
  id: Id,
  kind: Type.Enum([...jobKinds]),
  state: Type.Enum([...jobStates]),
  collection: Nullable(Name),
  receivedCount: Type.Integer({ description: "Images that were received" }),
  seenCount: Type.Integer({ description: "Images that were processed, refused ones included" }),
  refusedCount: Type.Integer(),
  failure: Nullable(Type.Object(Failure, { description: "Why the job failed" })),
  createdAt: Timestamp,
};
export const Job = Type.Object(Facts);
export type Job = Described<typeof Job>;

const ImageIndex = Type.Integer({ description: "Index of the image among all of the job's, from 0" });

const Refusal = Type.Object({ picture: ImageIndex, ...Failure, reasons: Type.Optional(Type.Array(Reason)) });
export type Refusal = Described<typeof Refusal>;

export const JobResult = Type.Object({
  ...Facts,
  refusals: Type.Array(Refusal),
  enrolled: Type.Optional(
    Type.Array(Type.Object({ picture: ImageIndex, id: Id, subject: Name, subjectId: Id, isNew: Type.Boolean() })),
  ),
  clustered: Type.Optional(Clustered),
});
export type JobResult = Described<typeof JobResult>;

const JobPath = Type.Object({ job: Id });
const job = "/v1/jobs/:job";
const scope = ["read", "enroll"] as const;
const tag = "jobs";

export const jobRoutes = {
  createEnrollJob: {
    method: "POST",
    path: "/v1/jobs/enroll",
    scope: "enroll",
    tag,
    summary: "Create a job that enrolls images of many people",
    body: Type.Object(
      {
        collection: Name,
        thumbnail: Type.Boolean({ default: false, description: "Whether to keep the crops" }),
        quality: QualityChoice,
      },
      { additionalProperties: false, examples: [{ collection: "staff", thumbnail: true }] },
    ),
    status: 201,
    answer: Job,
  },
  createClusterJob: {
    method: "POST",
    path: "/v1/jobs/cluster",
    scope: "read",
    tag,
    summary: "Create a job that groups the faces of many images by person, and stores nothing",
    query: Type.Object(ThresholdQuery),
    status: 201,
    answer: Job,
  },
  addJobImages: {
    method: "POST",
    path: `${job}/pictures`,
    scope,
    tag,
    summary: "Send images to an open job; 503 with Retry-After while too many wait",
    params: JobPath,
    query: Type.Object({
      subject: Type.Optional(
        Type.String({ ...Name, description: "The person that they show, for a job that enrolls" }),
      ),
    }),
    consumes: ONE_IMAGE,
    body: imagesBody("images"),
    status: 202,
    answer: Job,
  },
  finishJob: {
    method: "POST",
    path: `${job}/finish`,
    scope,
    tag,
    summary: "Declare that no more images follow: the job is done when all have been processed",
    params: JobPath,
    status: 202,
    answer: Job,
  },
  listJobs: {
    method: "GET",
    path: "/v1/jobs",
    scope,
    tag,
    summary: "The jobs of this key, oldest first; every job for keys with the scope admin",
    status: 200,
    answer: Type.Object({ jobs: Type.Array(Job) }),
  },
  getJob: {
    method: "GET",
    path: job,
    scope,
    tag,
    summary: "A job with its results so far",
    params: JobPath,
    status: 200,
    answer: JobResult,
  },
  watchJob: {
    method: "GET",
    path: `${job}/events`,
    scope,
    tag,
    summary: "The job as server-sent events: 'progress' with each change, then 'end'; ends with the key",
    params: JobPath,
    status: 200,
    produces: "text/event-stream",
    isUnlimited: true,
  },
  deleteJob: {
    method: "DELETE",
    path: job,
    scope,
    tag,
    summary: "Cancel a job, or forget one that has ended; enrolled people stay",
    params: JobPath,
    status: 204,
  },
} as const satisfies Readonly<Record<string, RouteContract>>;
