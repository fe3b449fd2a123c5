/** Schemas that several routes share. */
import { type TSchema, Type } from "./app.ts";
import type { EmbeddedFace } from "./parts.ts";
import { Problem } from "./problems.ts";

/** A name as the gallery takes it; what it refuses beyond this, it says itself. */
export const Name = Type.String({ minLength: 1, maxLength: 256 });
export const Id = Type.String({ format: "uuid" });
export const Timestamp = Type.String({ format: "date-time" });
export const Score = Type.Number({ description: "A cosine in [−1, 1]: higher is more alike, and no probability" });

/** One of two, where null says that there is nothing. */
export function Nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

export const CollectionPath = Type.Object({ collection: Name });
export const SubjectPath = Type.Object({ collection: Name, subject: Name });

export const Box = Type.Object(
  { x: Type.Number(), y: Type.Number(), width: Type.Number(), height: Type.Number() },
  { description: "Pixels of the upright picture; it may reach over the edge" },
);

export const Landmarks = Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), {
  minItems: 5,
  maxItems: 5,
  description: "Eyes, tip of the nose and mouth corners, left and right as seen: [x, y] in pixels",
});

export const DetectionScore = Type.Number({
  description: "The detector's certainty that this is a face, 0 to 1: comparable within one detector, no probability",
});

export const Face = Type.Object({ box: Box, score: DetectionScore, landmarks: Landmarks });

/** What a face is, without its embedding. */
export function describeFace({ box, landmarks, score }: Omit<EmbeddedFace, "embedding">) {
  return { box, score, landmarks: landmarks.map((point) => [...point]) };
}

/** A route's answers: what it gives, and problems. */
export function answers<T extends Readonly<Record<number, TSchema>>>(
  success: T,
): T & { readonly "4xx": typeof Problem } {
  return { ...success, "4xx": Problem };
}
