/** From a picture to a template: the one face on it, if there is one. */
import { createHash } from "node:crypto";
import { FaceError } from "../core/index.ts";
import type { Collection } from "../gallery/index.ts";
import type { EmbeddedFace, Faces, PictureFaces } from "./parts.ts";

/** A picture to be enrolled. */
export type Enrollment = { readonly picture: Buffer; readonly subject: string };

/** How pictures are enrolled. */
export type EnrollOptions = {
  /** Whether the aligned crop is kept; default no. */
  readonly thumbnail?: boolean;
  /** Faces below it do not count; default 0. */
  readonly minimumScore?: number;
};

/** Enrolls the one face of a picture. @throws {FaceError} when it has none, or several. */
export async function enrollPicture(
  faces: Faces,
  collection: Collection,
  { picture, subject }: Enrollment,
  { minimumScore = 0, thumbnail: thumbnails = false }: EnrollOptions = {},
) {
  const sourceDigest = createHash("sha256").update(picture).digest("hex");
  const found = await faces.embed(picture, { thumbnails });
  const face = onlyFace({ ...found, faces: found.faces.filter(({ score }) => score >= minimumScore) });
  const enrolled = await collection.enroll({
    subject,
    embedding: face.embedding,
    model: faces.model.id,
    sourceDigest,
    ...(face.thumbnail === undefined ? {} : { thumbnail: face.thumbnail }),
  });
  return { enrolled, face };
}

/** @throws {FaceError} */
export function onlyFace({ faces }: PictureFaces<EmbeddedFace>): EmbeddedFace {
  if (faces.length === 1) return faces[0]!;
  const got = faces.length === 0 ? "no face" : `${faces.length} faces`;
  throw new FaceError(`picture: got ${got}, expected exactly one: take another picture, or cut it to the one`);
}
