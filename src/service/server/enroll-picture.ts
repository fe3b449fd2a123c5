/** From a picture to a template: the one face on it, if there is one. */
import { createHash } from "node:crypto";
import { FaceError, ForbiddenError, QualityError } from "../../base/core/index.ts";
import { type QualityLimits, qualityRejections } from "../../faces/face/index.ts";
import { type ApiKey, allows, type Collection } from "../gallery/index.ts";
import { Type } from "./app.ts";
import type { EmbeddedFace, Faces, PictureFaces } from "./parts.ts";

/** A picture to be enrolled. */
export type Enrollment = { readonly picture: Buffer; readonly subject: string };

/** How pictures are enrolled. */
export type EnrollOptions = {
  /** Whether the aligned crop is kept; default no. */
  readonly thumbnail?: boolean;
  /** Faces below it do not count; default 0. */
  readonly minimumScore?: number;
  /** What the face must keep; without it, any is taken. */
  readonly limits?: Partial<QualityLimits>;
};

/** Which faces a request wants enrolled. */
export const QualityChoice = Type.Enum(["good", "any"], {
  default: "good",
  description: "'any' takes faces that the quality gate refuses; it needs the scope admin",
});

/** The limits that a request is held to. @throws {ForbiddenError} when the key may not do without. */
export function limitsFor(
  quality: "good" | "any",
  key: ApiKey | null,
  limits: Partial<QualityLimits> = {},
): Pick<EnrollOptions, "limits"> {
  if (quality === "good") return { limits };
  if (key !== null && allows(key, "admin")) return {};
  throw new ForbiddenError(
    "request: got quality 'any', which needs a key with the scope 'admin': take a better picture",
  );
}

/**
 * Enrolls the one face of a picture.
 *
 * @throws {FaceError} when it has none, or several.
 * @throws {QualityError} when the face does not keep the limits, with each reason.
 */
export async function enrollPicture(
  faces: Faces,
  collection: Collection,
  { picture, subject }: Enrollment,
  { limits, minimumScore = 0, thumbnail: thumbnails = false }: EnrollOptions = {},
) {
  const sourceDigest = createHash("sha256").update(picture).digest("hex");
  const found = await faces.embed(picture, { thumbnails, quality: limits !== undefined });
  const face = onlyFace({ ...found, faces: found.faces.filter(({ score }) => score >= minimumScore) });
  if (limits !== undefined) requireQuality(face, limits);
  const enrolled = await collection.enroll({
    subject,
    embedding: face.embedding,
    model: faces.model.id,
    sourceDigest,
    ...(face.thumbnail === undefined ? {} : { thumbnail: face.thumbnail }),
  });
  return { enrolled, face };
}

function requireQuality({ quality }: EmbeddedFace, limits: Partial<QualityLimits>): void {
  const reasons = qualityRejections(quality!, limits);
  if (reasons.length === 0) return;
  const codes = reasons.map(({ code }) => code).join(", ");
  throw new QualityError(`picture: the face is not good enough to stand for a person: ${codes}: take another`, {
    reasons,
  });
}

/** @throws {FaceError} */
export function onlyFace({ faces }: PictureFaces<EmbeddedFace>): EmbeddedFace {
  if (faces.length === 1) return faces[0]!;
  const got = faces.length === 0 ? "no face" : `${faces.length} faces`;
  throw new FaceError(`picture: got ${got}, expected exactly one: take another picture, or cut it to the one`);
}
