/** Schemas that several routes share. */
import { type Described, type TSchema, Type } from "./schema.ts";

/** Most characters of a name. */
export const LONGEST_NAME = 256;

/** A name of a collection, a person or a key. */
export const Name = Type.String({ minLength: 1, maxLength: LONGEST_NAME });
export const Id = Type.String({ format: "uuid" });
export const Timestamp = Type.String({ format: "date-time" });
export const Score = Type.Number({ description: "A cosine in [−1, 1]: higher is more alike; not a probability" });

/** The value, or null. */
export function Nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

export const CollectionPath = Type.Object({ collection: Name });
export const SubjectPath = Type.Object({ collection: Name, subject: Name });

export const Box = Type.Object(
  { x: Type.Number(), y: Type.Number(), width: Type.Number(), height: Type.Number() },
  { description: "Pixels of the upright image; the box may extend beyond its edges" },
);
export type Box = Described<typeof Box>;

/** [x, y], written as an array of two, since the serializer does not know tuples. */
const Point = Type.Unsafe<[x: number, y: number]>({
  type: "array",
  items: { type: "number" },
  minItems: 2,
  maxItems: 2,
});

export const Landmarks = Type.Array(Point, {
  minItems: 5,
  maxItems: 5,
  description: "Eyes, tip of the nose and mouth corners, left and right as seen: [x, y] in pixels",
});

export const DetectionScore = Type.Number({
  description:
    "The detector's certainty that this is a face, 0 to 1: comparable within one detector; not a probability",
});

export const Face = Type.Object({ box: Box, score: DetectionScore, landmarks: Landmarks });
export type Face = Described<typeof Face>;

/** Width and height of an image in pixels. */
export const Size = { width: Type.Integer(), height: Type.Integer() };

const ThresholdSource = Type.Object({
  name: Type.String({ minLength: 1, maxLength: LONGEST_NAME, description: "The photographs in words" }),
  identityCount: Type.Integer({ minimum: 1, description: "People" }),
  imageCount: Type.Integer({ minimum: 1, description: "Photographs" }),
  pairCount: Nullable(Type.Integer({ minimum: 1, description: "Pairs of photographs that were compared" })),
});

/** The photographs that a threshold was measured on. */
export const ThresholdSources = Type.Array(ThresholdSource, {
  maxItems: 100,
  description: "The photographs that the threshold was measured on, by source",
});

/** How a request chooses the score from which on two faces count as one person. */
export const ThresholdQuery = {
  far: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      description: "Highest acceptable false accept rate of a comparison; default 0.001, or the nearest one measured",
    }),
  ),
  threshold: Type.Optional(
    Type.Number({ minimum: -1, maximum: 1, description: "Lowest score to accept, instead of a measured one" }),
  ),
};

/** Which faces a request enrolls. */
export const QualityChoice = Type.Enum(["good", "any"], {
  default: "good",
  description: "'any' enrolls faces that the quality gate refuses; needs the scope admin",
});

/** One reason why a face is refused at enrollment. */
export const Reason = Type.Object({
  code: Type.String(),
  message: Type.String(),
  value: Type.Number(),
  limit: Type.Number(),
});

/** The answer of an error, RFC 9457. */
export const Problem = Type.Object(
  {
    type: Type.Literal("about:blank"),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: "Stable; docs/reference/errors.md lists the codes" }),
    detail: Type.String(),
    instance: Type.String({ description: "Id of the request in the log" }),
    reasons: Type.Optional(Type.Array(Reason, { description: "Every reason why a face is refused at enrollment" })),
  },
  { description: "RFC 9457" },
);
export type Problem = Described<typeof Problem>;
