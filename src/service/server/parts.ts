/** What the service is made of. Routes know these and neither SQL nor tensors, so that tests can put others in their place. */
import type { Box, Landmarks } from "../../base/image/index.ts";
import type { FaceQuality, QualityLimits } from "../../faces/face/index.ts";
import type { ModelThreshold } from "../../faces/people/index.ts";
import type { Gallery } from "../gallery/index.ts";
import type { LogLevel } from "../settings/index.ts";

/** A face with its embedding. */
export type EmbeddedFace = {
  /** Pixels of the upright picture. */
  readonly box: Box;
  /** The detector's certainty that this is a face, 0 to 1: comparable within one detector, no probability. */
  readonly score: number;
  readonly landmarks: Landmarks;
  /** Unit vector of the model's size. */
  readonly embedding: Float32Array;
  /** The aligned crop as JPEG, where it was asked for. */
  readonly thumbnail?: Uint8Array;
  /** How good a picture of the face it is, where that was asked for. */
  readonly quality?: FaceQuality;
};

/** A picture's size in pixels, and its faces, highest score first. */
export type PictureFaces<T> = { readonly width: number; readonly height: number; readonly faces: readonly T[] };

/** The networks in use. */
export type FaceModel = {
  /** Digest over weights and contract: only embeddings of the same id can be compared. */
  readonly id: string;
  /** Numbers in an embedding. */
  readonly size: number;
  readonly license: string;
  readonly detector: string;
  readonly detectorLicense: string;
};

/** How an encoded picture is looked at. */
export type EmbedOptions = {
  /** Whether each face comes with its aligned crop. */
  readonly thumbnails?: boolean;
  /** Whether the quality of each face is measured. */
  readonly quality?: boolean;
};

/** Finds and embeds the faces of encoded pictures, away from the event loop. */
export interface Faces {
  readonly model: FaceModel;
  /** Pictures that wait or are being looked at. */
  readonly pendingCount: number;
  /** @throws {ImageError} for bytes that are no picture. @throws {UnavailableError} when too many pictures wait. */
  detect(picture: Uint8Array): Promise<PictureFaces<Omit<EmbeddedFace, "embedding">>>;
  /** As `detect`, with embeddings. */
  embed(picture: Uint8Array, options?: EmbedOptions): Promise<PictureFaces<EmbeddedFace>>;
  close(): Promise<void>;
}

/** What a threshold was measured to mean. */
export type Threshold = Pick<ModelThreshold, "far" | "threshold">;

/** What the service is made of. */
export type ServerParts = {
  readonly faces: Faces;
  readonly gallery: Gallery;
  /** Thresholds of the model that come with it, used while the gallery has none of its own. */
  readonly thresholds?: readonly Threshold[];
  /** What a face must keep to be enrolled; default `DEFAULT_QUALITY_LIMITS`. */
  readonly qualityLimits?: Partial<QualityLimits>;
  /** A folder of pages and scripts, served at "/". */
  readonly pages?: string;
  readonly limits?: Partial<Limits>;
  /** Origins of other sites whose pages may use the service; default none. */
  readonly corsOrigins?: readonly string[];
  /** Least severe log lines that are written, to stderr; default "silent". */
  readonly logLevel?: LogLevel;
};

/** What one caller may ask for. */
export type Limits = {
  /** Most bytes of a request's body; default 20 MiB. */
  readonly bodyBytes: number;
  /** Most requests from one address in a minute; default 1200. */
  readonly requestsPerMinute: number;
  /** Most requests that are worked on at once; default 32. */
  readonly pendingRequests: number;
  /** Seconds that a request's body may take to arrive; default 30. */
  readonly requestSeconds: number;
};

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 20 * 2 ** 20,
  requestsPerMinute: 1200,
  pendingRequests: 32,
  requestSeconds: 30,
};
