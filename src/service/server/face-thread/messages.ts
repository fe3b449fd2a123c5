/** What the event loop and the thread of the networks say to each other. */
import type { FacesOptions } from "../../../faces/face/index.ts";
import type { EmbeddedFace } from "../parts.ts";

/** What the thread is opened with. */
export type FaceThreadData = FacesOptions & {
  /** Most pixels of a picture; default 50 million. */
  readonly maxPixels?: number;
};

/** A picture to look at. */
export type FaceTask = {
  readonly kind: "detect" | "embed";
  readonly picture: Uint8Array;
  readonly thumbnails: boolean;
  readonly quality: boolean;
};

/** A face that may have no embedding, since only its place was asked for. */
export type FoundFace = Omit<EmbeddedFace, "embedding"> & Partial<Pick<EmbeddedFace, "embedding">>;
