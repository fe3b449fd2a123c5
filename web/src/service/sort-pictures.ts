/** A pile of pictures as a job of the service, which takes them one by one and looks at them beside what others ask. */
import type { ClusteredFace, JobProgress, JobRefusal, SortedPictures } from "./answers.ts";
import { type Ask, ServiceError } from "./ask.ts";
import { readEvents } from "./events.ts";

/** While the service has no room for more pictures. */
const RETRY_MILLISECONDS = 1000;

/** @throws what `ask` throws, and the signal's reason when it is aborted: the job is cancelled then. */
export async function sortPictures(
  ask: Ask,
  pictures: readonly Blob[],
  onProgress: (seenCount: number) => void,
  signal: AbortSignal,
): Promise<SortedPictures> {
  const { id } = (await (await ask("POST", "/v1/jobs/cluster", undefined, signal)).json()) as JobProgress;
  const path = `/v1/jobs/${id}`;
  try {
    const watched = watch(await ask("GET", `${path}/events`, undefined, signal), onProgress);
    watched.catch(() => {}); // It is waited for below, once the pictures are there.
    for (const picture of pictures) await sendPatiently(ask, `${path}/pictures`, picture, signal);
    await ask("POST", `${path}/finish`, undefined, signal);
    // Of a service that ends, this is all there is: nobody can ask it any more.
    const { failure, state } = await watched;
    if (state !== "done") {
      throw new ServiceError(0, failure?.code ?? state, failure?.detail ?? "It was cancelled: sort them again");
    }
    const { clustered, refusals } = (await (await ask("GET", path, undefined, signal)).json()) as {
      readonly clustered: { readonly faces: readonly ClusteredFace[] };
      readonly refusals: readonly JobRefusal[];
    };
    return { faces: clustered.faces, refusals };
  } finally {
    await ask("DELETE", path).catch(() => {}); // It forgets its jobs by itself too.
  }
}

/** The job as it was in the end. */
async function watch(response: Response, onProgress: (seenCount: number) => void): Promise<JobProgress> {
  let job: JobProgress | undefined;
  for await (const data of readEvents(response.body!)) {
    job = JSON.parse(data) as JobProgress;
    onProgress(job.seenCount);
  }
  if (job === undefined) throw new ServiceError(0, "silent", "The service told nothing of it: sort them again");
  return job;
}

async function sendPatiently(ask: Ask, path: string, picture: Blob, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await ask("POST", path, picture, signal);
      return;
    } catch (error) {
      if (!(error instanceof ServiceError && (error.status === 503 || error.status === 429))) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
      signal.throwIfAborted();
    }
  }
}
