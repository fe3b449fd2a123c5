/** The messages between the event loop and the thread of the networks. */
import type { DecodeLimits } from "../../../base/image/index.ts";
import type { FacesOptions } from "../../../faces/face/index.ts";
import type { ServedFace } from "../parts.ts";

/** How the thread is opened. */
export type FaceThreadData = FacesOptions & {
  /** What one image may cost to decode; default as `decodeImage`. */
  readonly limits?: DecodeLimits;
};

/** An image to process. */
export type FaceTask = {
  readonly kind: "detect" | "embed";
  readonly image: Uint8Array;
  readonly thumbnails: boolean;
  readonly quality: boolean;
};

/** A face, without an embedding if only its position was requested. */
export type FoundFace = Omit<ServedFace, "embedding"> & Partial<Pick<ServedFace, "embedding">>;
