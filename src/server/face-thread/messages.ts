/** What the event loop and the thread of the networks say to each other. */
import type { FacesOptions } from "../../face/index.ts";
import type { EmbeddedFace, FaceModel, PictureFaces } from "../parts.ts";

/** How the thread is started. */
export type ThreadOptions = FacesOptions & {
  /** Most pixels of a picture; default 50 million. */
  readonly maxPixels?: number;
};

/** A picture to look at. */
export type FaceTask = {
  readonly id: number;
  readonly kind: "detect" | "embed";
  readonly picture: Uint8Array<ArrayBuffer>;
  readonly thumbnails: boolean;
  readonly quality: boolean;
};

/** A face that may have no embedding, since only its place was asked for. */
export type FoundFace = Omit<EmbeddedFace, "embedding"> & Partial<Pick<EmbeddedFace, "embedding">>;

/** An error that crosses threads: `code` is undefined for a fault. */
export type SentError = { readonly code: string | undefined; readonly message: string };

/** What the thread says. */
export type ThreadMessage =
  | { readonly kind: "ready"; readonly model: FaceModel }
  | { readonly kind: "failed"; readonly error: SentError }
  | { readonly kind: "found"; readonly id: number; readonly found: PictureFaces<FoundFace> }
  | { readonly kind: "refused"; readonly id: number; readonly error: SentError };
