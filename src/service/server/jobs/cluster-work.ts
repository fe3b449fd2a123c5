import { OptionError, TooLargeError } from "../../../base/core/index.ts";
import { type ClusteredFace, clusterFaces, type FoundInPicture } from "../cluster-faces.ts";
import type { Faces } from "../parts.ts";
import type { ChosenThreshold } from "../thresholds.ts";
import type { JobPicture, JobWork } from "./job.ts";

const MOST_PICTURES = 2000;
/** Every face is compared with every other in the end, on the event loop: these take about a second. */
const MOST_FACES = 2000;

/** Sorts the faces of all pictures into people. */
export class ClusterWork implements JobWork {
  readonly kind = "cluster";
  readonly collection = null;
  readonly maximumPictures = MOST_PICTURES;
  readonly threshold: number;
  readonly far: number | null;
  readonly #faces: Faces;
  readonly #found: FoundInPicture[] = [];
  #clustered: readonly ClusteredFace[] | undefined;

  constructor(faces: Faces, { far, threshold }: ChosenThreshold & { readonly threshold: number }) {
    this.#faces = faces;
    this.threshold = threshold;
    this.far = far;
  }

  /** Undefined until the job is done. */
  get clustered(): readonly ClusteredFace[] | undefined {
    return this.#clustered;
  }

  async look({ bytes, place, subject }: JobPicture): Promise<void> {
    if (subject !== undefined)
      throw new OptionError("jobs: got a subject, expected none: this job finds out who is who");
    const { faces } = await this.#faces.embed(bytes);
    if (this.#found.length + faces.length > MOST_FACES) {
      throw new TooLargeError(`jobs: got more than ${MOST_FACES} faces, the most of one job: sort the rest in another`);
    }
    for (const face of faces) this.#found.push({ picture: place, face });
  }

  finish(): void {
    this.#found.sort((a, b) => a.picture - b.picture);
    this.#clustered = clusterFaces(this.#found, this.#faces.model.size, this.threshold);
  }
}
