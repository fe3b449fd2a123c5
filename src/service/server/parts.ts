/**
 * The parts that the service is made of. Routes use these and know neither SQL nor tensors, so that tests can put
 * others in their place.
 */
import type { DetectedFace, FaceQuality, QualityLimits } from "../../faces/face/index.ts";
import type { ModelThreshold } from "../../faces/people/index.ts";
import type { Gallery } from "../gallery/index.ts";
import type { LogLevel } from "../settings/index.ts";
import type { Tickets } from "./tickets.ts";

/** A face with its embedding. */
export type ServedFace = DetectedFace & {
  /** Unit vector of the model's size. */
  readonly embedding: Float32Array;
  /** The aligned crop as JPEG, if it was requested. */
  readonly thumbnail?: Uint8Array;
  /** Measures of how well the image shows the face, if they were requested. */
  readonly quality?: FaceQuality;
};

/** An image's size in pixels, and its faces, highest score first. */
export type ImageFaces<T> = { readonly width: number; readonly height: number; readonly faces: readonly T[] };

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

/** What `embed` returns of each face. */
export type EmbedOptions = {
  /** Whether to return aligned crops; default no. */
  readonly thumbnails?: boolean;
  /** Whether to measure quality; default no. */
  readonly quality?: boolean;
};

/** Finds and embeds the faces of encoded images, away from the event loop. */
export interface Faces {
  readonly model: FaceModel;
  /** Images that wait or are being processed. */
  readonly pendingCount: number;
  /**
   * @throws {ImageError} when the bytes are not an image, or exceed the limits.
   * @throws {UnavailableError} when too many images wait.
   */
  detect(image: Uint8Array): Promise<ImageFaces<Omit<ServedFace, "embedding">>>;
  /** As `detect`, with embeddings. */
  embed(image: Uint8Array, options?: EmbedOptions): Promise<ImageFaces<ServedFace>>;
  close(): Promise<void>;
}

/** A threshold with the false accept rate that was measured for it, and the photographs of the measurement. */
export type Threshold = Pick<ModelThreshold, "far" | "threshold" | "sources">;

/** The parts of a service. */
export type ServerParts = {
  readonly faces: Faces;
  readonly gallery: Gallery;
  /** Thresholds that come with the model, used while the gallery has none of its own. */
  readonly thresholds?: readonly Threshold[];
  /** Limits that a face must keep to be enrolled; default `DEFAULT_QUALITY_LIMITS`. */
  readonly qualityLimits?: Partial<QualityLimits>;
  /** A folder of pages and scripts, served at "/". */
  readonly pages?: string;
  readonly limits?: Partial<Limits>;
  /** Origins of other sites whose pages may use the service; default none. */
  readonly corsOrigins?: readonly string[];
  /** Least severe log lines that are written, to stderr; default "silent". */
  readonly logLevel?: LogLevel;
  /** Tickets that open the page signed in; default none. */
  readonly tickets?: Tickets;
};

/** Limits on what one caller may ask for. */
export type Limits = {
  /** Most bytes of a request's body; default 20 MiB. */
  readonly bodyBytes: number;
  /** Most requests from one address in a minute; default 1200. */
  readonly requestsPerMinute: number;
  /** Most requests that are processed at once; default 32. */
  readonly pendingRequests: number;
  /** Seconds that a request waits for one of these slots before it is refused; default 0.5. */
  readonly waitSeconds: number;
  /** Seconds that a request's body may take to arrive; default 30. */
  readonly requestSeconds: number;
  /** Seconds that a client may take to read an answer, event streams aside; default 60. */
  readonly answerSeconds: number;
};

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 20 * 2 ** 20,
  requestsPerMinute: 1200,
  pendingRequests: 32,
  waitSeconds: 0.5,
  requestSeconds: 30,
  answerSeconds: 60,
};
