/** What the service answers: the parts of its OpenAPI document (`/openapi.json`) that the pages use. */

/** Pixels of the upright picture; it may reach over the edge. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

export type Face = {
  readonly box: Box;
  /** The detector's certainty; comparable within one detector, no probability. */
  readonly score: number;
  /** Eyes, tip of the nose and mouth corners: [x, y] in pixels. */
  readonly landmarks: readonly (readonly [number, number])[];
};

export type Match = { readonly subject: string; readonly score: number };

/** A face, who it is like, and from which score on it is taken for them: null where no threshold was measured. */
export type IdentifiedFace = Face & {
  readonly matches: readonly Match[];
  readonly threshold: number | null;
  readonly far: number | null;
  readonly unknown: boolean;
};

export type Identified = {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly IdentifiedFace[];
};

/** A face of several pictures: `picture` is the place of its picture, `cluster` its person, null for who is seen once. */
export type ClusteredFace = Face & { readonly picture: number; readonly cluster: number | null };

export type Collection = { readonly name: string; readonly templateCount: number };

export type Subject = {
  readonly id: string;
  readonly name: string;
  readonly consent: string | null;
  readonly expiresAt: string | null;
  readonly templateCount: number;
  readonly createdAt: string;
};

/** What is noted of a person. */
export type SubjectDetails = { readonly consent?: string | null; readonly expiresAt?: string | null };

export type Template = {
  readonly id: string;
  readonly quality: number | null;
  readonly hasThumbnail: boolean;
  readonly createdAt: string;
};

export type Enrolled = { readonly id: string; readonly subject: string; readonly isNew: boolean; readonly face: Face };

/** A job as it stands: pictures that came, that were looked at, and that came to nothing. */
export type JobProgress = {
  readonly id: string;
  readonly state: "open" | "finishing" | "done" | "cancelled" | "failed";
  readonly receivedCount: number;
  readonly seenCount: number;
  /** Why it came to nothing. */
  readonly failure: { readonly code: string; readonly detail: string } | null;
};

/** A picture that came to nothing, by its place. */
export type JobRefusal = { readonly picture: number; readonly detail: string };

/** What a job that sorts pictures has found. */
export type SortedPictures = { readonly faces: readonly ClusteredFace[]; readonly refusals: readonly JobRefusal[] };

/** What was deleted, in random ids and counts. */
export type Receipt = {
  readonly collection: string;
  readonly subjectId: string;
  readonly templateIds: readonly string[];
  readonly thumbnailCount: number;
  readonly deletedAt: string;
  readonly digest: string;
};

export type Merged = { readonly movedCount: number; readonly droppedCount: number };
