/** HTTP's status for each code, as a service answers it; docs/reference/errors.md lists them. */
export const errorStatus: Readonly<Record<string, number>> = {
  COSFACE_SHAPE: 400,
  COSFACE_OPTION: 400,
  COSFACE_UNAUTHORIZED: 401,
  COSFACE_FORBIDDEN: 403,
  COSFACE_NOT_FOUND: 404,
  COSFACE_METHOD: 405,
  COSFACE_CONFLICT: 409,
  COSFACE_GALLERY: 409,
  COSFACE_TOO_LARGE: 413,
  COSFACE_MEDIA_TYPE: 415,
  COSFACE_DATASET: 422,
  COSFACE_IMAGE: 422,
  COSFACE_FACE: 422,
  COSFACE_QUALITY: 422,
  COSFACE_CALIBRATION: 422,
  COSFACE_RATE: 429,
  COSFACE_MODEL: 500,
  COSFACE_DEVICE: 500,
  COSFACE_DIVERGENCE: 500,
  COSFACE_TRAINING: 500,
  COSFACE_INTERNAL: 500,
  COSFACE_DOWNLOAD: 502,
  COSFACE_UNAVAILABLE: 503,
};

/**
 * Every error a caller may act on has a stable `code`. A message says where, what was got, what was expected and
 * what to do; it never holds pixels, embeddings or names of people.
 */
export class CosfaceError extends Error {
  readonly code: string;
  /** HTTP's status for the error: Fastify and Express answer with it when the error is thrown in a handler. */
  readonly statusCode: number;
  /** Path of the file that the error is about, where there is one. It may hold a person's name: not for logs. */
  readonly file?: string;
  constructor(code: string, message: string, options: CosfaceErrorOptions = {}) {
    const { file, ...others } = options;
    super(message, others);
    this.name = new.target.name;
    this.code = code;
    this.statusCode = errorStatus[code] ?? 500;
    if (file !== undefined) this.file = file;
  }
}

/** The cause of an error, and the path of the file that it is about. */
export type CosfaceErrorOptions = ErrorOptions & { readonly file?: string };

/** Runs `read`; an error that it ends in names the file, if it names none and is not about the call or the machine. */
export async function ofFile<Result>(file: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const isAboutFile = !(error instanceof OptionError || error instanceof DeviceError);
    if (error instanceof CosfaceError && error.file === undefined && isAboutFile) throw Object.assign(error, { file });
    throw error;
  }
}

/** Incompatible shapes or element types. */
export class ShapeError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_SHAPE", message, options);
  }
}

/** A data set that cannot be read, or is unfit for training. */
export class DatasetError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_DATASET", message, options);
  }
}

/** Bytes that are not a readable image, or an image outside the accepted limits. */
export class ImageError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_IMAGE", message, options);
  }
}

/** An ONNX file that cannot be read, or that does not have the expected inputs and outputs. */
export class ModelError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_MODEL", message, options);
  }
}

/** A device (execution provider) that this machine does not offer. */
export class DeviceError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_DEVICE", message, options);
  }
}

/** Training whose loss became NaN or infinite. */
export class DivergenceError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_DIVERGENCE", message, options);
  }
}

/** Training that cannot go on: a wrong first loss, or a checkpoint of a run with other options. */
export class TrainingError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_TRAINING", message, options);
  }
}

/** A model without thresholds, thresholds of another model, or a rate that was not calibrated. */
export class CalibrationError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_CALIBRATION", message, options);
  }
}

/** A photograph without a face, or with several where one was expected. */
export class FaceError extends CosfaceError {
  /** Number of faces found, where one was expected. */
  readonly faceCount?: number;
  constructor(message: string, { faceCount, ...options }: CosfaceErrorOptions & { readonly faceCount?: number } = {}) {
    super("COSFACE_FACE", message, options);
    if (faceCount !== undefined) this.faceCount = faceCount;
  }
}

/** A defect of a face: a code for programs, a sentence for people, the measured value, and the limit that it misses. */
export type QualityReason = {
  readonly code: string;
  readonly message: string;
  readonly value: number;
  readonly limit: number;
};

/** A face whose quality is too low for enrollment. */
export class QualityError extends CosfaceError {
  readonly reasons: readonly QualityReason[];
  constructor(message: string, options: CosfaceErrorOptions & { readonly reasons?: readonly QualityReason[] } = {}) {
    super("COSFACE_QUALITY", message, options);
    this.reasons = options.reasons ?? [];
  }
}

/** An option or argument outside its range. */
export class OptionError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_OPTION", message, options);
  }
}

/** Faces that a gallery cannot store or return: embeddings of another network or size, or a missing encryption key. */
export class GalleryError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_GALLERY", message, options);
  }
}

/** A collection, subject, template or key that does not exist. */
export class NotFoundError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_NOT_FOUND", message, options);
  }
}

/** A name that is already in use. */
export class ConflictError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_CONFLICT", message, options);
  }
}

/**
 * A database that cannot be reached or is locked by another process, or a service at its capacity: the same call may
 * succeed later.
 */
export class UnavailableError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_UNAVAILABLE", message, options);
  }
}

/** A request to the service without a key, or with an unknown, revoked or expired one. */
export class UnauthorizedError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_UNAUTHORIZED", message, options);
  }
}

/** A request to the service that its key does not allow. */
export class ForbiddenError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_FORBIDDEN", message, options);
  }
}

/** A request with a content type that its route does not take. */
export class MediaTypeError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_MEDIA_TYPE", message, options);
  }
}

/** A request with a method that its address does not have. */
export class MethodError extends CosfaceError {
  /** Methods that the address has. */
  readonly allowed: readonly string[];
  constructor(
    message: string,
    { allowed = [], ...options }: CosfaceErrorOptions & { readonly allowed?: readonly string[] } = {},
  ) {
    super("COSFACE_METHOD", message, options);
    this.allowed = allowed;
  }
}

/** A request that is larger than the service accepts. */
export class TooLargeError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_TOO_LARGE", message, options);
  }
}

/** A file that cannot be fetched, or whose digest differs from the given one. */
export class DownloadError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_DOWNLOAD", message, options);
  }
}

/** More requests in a minute than the service allows one caller. */
export class RateError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_RATE", message, options);
  }
}

/** A fault of cosface itself: its cause is in the log, not in the answer to a request. */
export class InternalError extends CosfaceError {
  constructor(message: string, options?: CosfaceErrorOptions) {
    super("COSFACE_INTERNAL", message, options);
  }
}
