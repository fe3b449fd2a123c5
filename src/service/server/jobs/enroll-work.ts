import { OptionError } from "../../../base/core/index.ts";
import type { Collection } from "../../gallery/index.ts";
import type { JobResult } from "../contract/index.ts";
import { type EnrollOptions, enrollImage } from "../enroll-image.ts";
import type { Faces } from "../parts.ts";
import type { JobImage, JobWork } from "./job.ts";

const MOST_IMAGES = 10_000;

/** An image that was enrolled. */
type EnrolledImage = NonNullable<JobResult["enrolled"]>[number];

/** Enrolls each image for its subject, each in its own transaction. */
export class EnrollWork implements JobWork {
  readonly kind = "enroll";
  readonly maximumImages = MOST_IMAGES;
  readonly enrolled: EnrolledImage[] = [];
  readonly #faces: Faces;
  readonly #collection: Collection;
  readonly #options: EnrollOptions;

  constructor(faces: Faces, collection: Collection, options: EnrollOptions) {
    this.#faces = faces;
    this.#collection = collection;
    this.#options = options;
  }

  get collection(): string {
    return this.#collection.name;
  }

  async process({ bytes, index, subject }: JobImage): Promise<void> {
    if (subject === undefined) throw new OptionError("jobs: missing ?subject=NAME: say whom the image shows");
    const { enrolled } = await enrollImage(this.#faces, this.#collection, { image: bytes, subject }, this.#options);
    this.enrolled.push({ picture: index, ...enrolled });
  }

  finish(): void {
    this.enrolled.sort((a, b) => a.picture - b.picture);
  }
}
