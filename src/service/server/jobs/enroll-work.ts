import { OptionError } from "../../../base/core/index.ts";
import type { Collection } from "../../gallery/index.ts";
import { type EnrollOptions, enrollPicture } from "../enroll-picture.ts";
import type { Faces } from "../parts.ts";
import type { JobPicture, JobWork } from "./job.ts";

const MOST_PICTURES = 10_000;

/** A picture that was enrolled. */
export type EnrolledPicture = {
  readonly picture: number;
  readonly subject: string;
  readonly subjectId: string;
  readonly id: string;
  readonly isNew: boolean;
};

/** Enrolls each picture for its subject, each in a transaction of its own. */
export class EnrollWork implements JobWork {
  readonly kind = "enroll";
  readonly maximumPictures = MOST_PICTURES;
  readonly enrolled: EnrolledPicture[] = [];
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

  async look({ bytes, place, subject }: JobPicture): Promise<void> {
    if (subject === undefined) throw new OptionError("jobs: got a picture without a subject, expected whom it shows");
    const picture = { picture: bytes, subject };
    const { enrolled } = await enrollPicture(this.#faces, this.#collection, picture, this.#options);
    this.enrolled.push({ picture: place, subject, ...enrolled });
  }

  finish(): void {
    this.enrolled.sort((a, b) => a.picture - b.picture);
  }
}
