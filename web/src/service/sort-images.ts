/** Groups a pile of images by person with a job of the service, which takes images one by one. */
import type { ClusteredFace, Job, JobResult, Refusal } from "../../../src/service/server/contract/index.ts";
import { type Ask, ServiceError } from "./ask.ts";
import { readEvents } from "./events.ts";

/** Pause while the service has no room for more images. */
const RETRY_MILLISECONDS = 1000;

/** The faces that a job found, and the images that it refused. */
export type SortedImages = { readonly faces: readonly ClusteredFace[]; readonly refusals: readonly Refusal[] };

/** @throws what `ask` throws, and the signal's reason when it is aborted, which cancels the job. */
export async function sortImages(
  ask: Ask,
  images: readonly Blob[],
  onProgress: (seenCount: number) => void,
  signal: AbortSignal,
): Promise<SortedImages> {
  const created = await ask("createClusterJob", "POST", "/v1/jobs/cluster", { signal });
  const { id } = (await created.json()) as Job;
  const path = `/v1/jobs/${id}` as const;
  try {
    const watched = watch(await ask("watchJob", "GET", `${path}/events`, { signal }), onProgress);
    watched.catch(() => {}); // Awaited below, once all images were sent.
    for (const image of images) {
      await patiently(() => ask("addJobImages", "POST", `${path}/pictures`, { body: image, signal }), signal);
    }
    await ask("finishJob", "POST", `${path}/finish`, { signal });
    // When the service ends, the last event is all that remains of the job.
    const { failure, state } = await watched;
    if (state !== "done") {
      throw new ServiceError(0, failure?.code ?? state, failure?.detail ?? "It was cancelled: sort them again");
    }
    const { clustered, refusals } = (await (await ask("getJob", "GET", path, { signal })).json()) as JobResult;
    return { faces: clustered?.faces ?? [], refusals };
  } finally {
    await ask("deleteJob", "DELETE", path).catch(() => {}); // The service forgets its jobs in time, too.
  }
}

/** The job at its end. */
async function watch(response: Response, onProgress: (seenCount: number) => void): Promise<Job> {
  let job: Job | undefined;
  for await (const data of readEvents(response)) {
    job = JSON.parse(data) as Job;
    onProgress(job.seenCount);
  }
  if (job === undefined) throw new ServiceError(0, "silent", "The service sent no progress: sort them again");
  return job;
}

async function patiently(send: () => Promise<Response>, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await send();
      return;
    } catch (error) {
      if (!(error instanceof ServiceError && (error.status === 503 || error.status === 429))) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
      signal.throwIfAborted();
    }
  }
}
