import { OptionError, TooLargeError } from "../../../base/core/index.ts";
import { clusterFaces, type FoundInImage } from "../cluster-faces.ts";
import type { ClusteredFace } from "../contract/index.ts";
import type { Faces } from "../parts.ts";
import type { ChosenThreshold } from "../thresholds.ts";
import type { JobImage, JobWork } from "./job.ts";

const MOST_IMAGES = 2000;
/** At the end every face is compared with every other, on the event loop: these take about a second. */
const MOST_FACES = 2000;

/** Groups the faces of all images by person. */
export class ClusterWork implements JobWork {
  readonly kind = "cluster";
  readonly collection = null;
  readonly maximumImages = MOST_IMAGES;
  readonly threshold: number;
  readonly far: number | null;
  readonly sources: ChosenThreshold["sources"];
  readonly #faces: Faces;
  readonly #found: FoundInImage[] = [];
  #clustered: readonly ClusteredFace[] | undefined;

  constructor(faces: Faces, { far, sources, threshold }: ChosenThreshold & { readonly threshold: number }) {
    this.#faces = faces;
    this.threshold = threshold;
    this.far = far;
    this.sources = sources;
  }

  /** Undefined until the job is done. */
  get clustered(): readonly ClusteredFace[] | undefined {
    return this.#clustered;
  }

  async process({ bytes, index, subject }: JobImage): Promise<void> {
    if (subject !== undefined) {
      throw new OptionError("jobs: got ?subject=, expected none: this job groups faces without names");
    }
    const { faces } = await this.#faces.embed(bytes);
    if (this.#found.length + faces.length > MOST_FACES) {
      throw new TooLargeError(
        `jobs: got more than ${MOST_FACES} faces, the most of one job: group the rest in another`,
      );
    }
    for (const face of faces) this.#found.push({ image: index, face });
  }

  finish(): void {
    this.#found.sort((a, b) => a.image - b.image);
    this.#clustered = clusterFaces(this.#found, this.#faces.model.size, this.threshold);
  }
}
