/** Enrolls the one face of an image. */
import { createHash } from "node:crypto";
import { FaceError, ForbiddenError, InternalError, QualityError } from "../../base/core/index.ts";
import { type QualityLimits, qualityRejections } from "../../faces/face/index.ts";
import { type ApiKey, allows, type Collection } from "../gallery/index.ts";
import type { Faces, ImageFaces, ServedFace } from "./parts.ts";

/** An image, and the name of the person that it shows. */
export type Enrollment = { readonly image: Buffer; readonly subject: string };

/** How images are enrolled. */
export type EnrollOptions = {
  /** Whether to keep the aligned crop; default no. */
  readonly thumbnail?: boolean;
  /** Faces with a lower score do not count; default 0. */
  readonly minimumScore?: number;
  /** Limits that the face must keep; without them, any face is enrolled. */
  readonly limits?: Partial<QualityLimits>;
};

/** The quality limits of a request. @throws {ForbiddenError} when the key may not enroll without limits. */
export function limitsFor(
  quality: "good" | "any",
  key: ApiKey | null,
  limits: Partial<QualityLimits> = {},
): Pick<EnrollOptions, "limits"> {
  if (quality === "good") return { limits };
  if (key !== null && allows(key, "admin")) return {};
  throw new ForbiddenError(
    "request: got quality 'any', which needs a key with the scope 'admin': take a better photograph",
  );
}

/**
 * Enrolls the one face of an image.
 *
 * @throws {FaceError} when it has none, or several.
 * @throws {QualityError} when the face violates the limits, with each reason.
 */
export async function enrollImage(
  faces: Faces,
  collection: Collection,
  { image, subject }: Enrollment,
  { limits, minimumScore = 0, thumbnail: thumbnails = false }: EnrollOptions = {},
) {
  const sourceDigest = createHash("sha256").update(image).digest("hex");
  const found = await faces.embed(image, { thumbnails, quality: limits !== undefined });
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

function requireQuality({ quality }: ServedFace, limits: Partial<QualityLimits>): void {
  if (quality === undefined) throw new InternalError("internal: the quality of a face was requested and not measured");
  const reasons = qualityRejections(quality, limits);
  if (reasons.length === 0) return;
  const codes = reasons.map(({ code }) => code).join(", ");
  throw new QualityError(
    `image: the face is not good enough to stand for a person: ${codes}: take another photograph`,
    {
      reasons,
    },
  );
}

/** The one face of an image. @throws {FaceError} when it has none, or several. */
export function onlyFace({ faces }: ImageFaces<ServedFace>, name = "image"): ServedFace {
  const [face] = faces;
  if (face !== undefined && faces.length === 1) return face;
  const got = face === undefined ? "no face" : `${faces.length} faces`;
  throw new FaceError(
    `${name}: got ${got}, expected exactly one: take another photograph, or crop it to the one face`,
    {
      faceCount: faces.length,
    },
  );
}
