/**
 * Every error a caller may act on has a stable `code`. A message says where, what was got, what was expected and
 * what to do; it never holds pixels, embeddings or names of people.
 */
export class CosfaceError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Shapes or element types that do not fit together. */
export class ShapeError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_SHAPE", message, options);
  }
}

/** A data set that cannot be read, or that no network can be trained on. */
export class DatasetError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_DATASET", message, options);
  }
}

/** Bytes that are not a picture, or a picture outside the accepted limits. */
export class ImageError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_IMAGE", message, options);
  }
}

/** An ONNX file that cannot be read, or that does not have the expected inputs and outputs. */
export class ModelError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_MODEL", message, options);
  }
}

/** A device (execution provider) that this machine does not offer. */
export class DeviceError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_DEVICE", message, options);
  }
}

/** Training whose loss is no number any more. */
export class DivergenceError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_DIVERGENCE", message, options);
  }
}

/** Training that cannot go on: a wrong first loss, a checkpoint that belongs to other options. */
export class TrainingError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_TRAINING", message, options);
  }
}

/** A model without thresholds, thresholds of another model, or a rate that was not calibrated. */
export class CalibrationError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_CALIBRATION", message, options);
  }
}

/** A photograph without the face that was asked for, or with several where one was. */
export class FaceError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_FACE", message, options);
  }
}

/** What is wrong with a face: a code for programs, a sentence for a person, the measure, and the limit it does not keep. */
export type QualityReason = {
  readonly code: string;
  readonly message: string;
  readonly value: number;
  readonly limit: number;
};

/** A face that is not good enough to stand for a person. */
export class QualityError extends CosfaceError {
  readonly reasons: readonly QualityReason[];
  constructor(message: string, options: ErrorOptions & { readonly reasons?: readonly QualityReason[] } = {}) {
    super("COSFACE_QUALITY", message, options);
    this.reasons = options.reasons ?? [];
  }
}

/** An option or argument outside its range. */
export class OptionError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_OPTION", message, options);
  }
}

/** Faces that a gallery cannot take or give: another network's embeddings, another size, a missing encryption key. */
export class GalleryError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_GALLERY", message, options);
  }
}

/** A collection, subject, template or key that does not exist. */
export class NotFoundError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_NOT_FOUND", message, options);
  }
}

/** A name that is taken already. */
export class ConflictError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_CONFLICT", message, options);
  }
}

/**
 * A database that cannot be reached, or that another process holds, or a service with all the work that it can do: the same
 * call may succeed later.
 */
export class UnavailableError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_UNAVAILABLE", message, options);
  }
}

/** A request to the service without a key, or with one that is wrong, revoked or expired. */
export class UnauthorizedError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_UNAUTHORIZED", message, options);
  }
}

/** A request to the service that its key does not allow. */
export class ForbiddenError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_FORBIDDEN", message, options);
  }
}

/** A request that is larger than the service takes. */
export class TooLargeError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_TOO_LARGE", message, options);
  }
}

/** A file that cannot be fetched, or that is not the one whose digest was given. */
export class DownloadError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_DOWNLOAD", message, options);
  }
}

/** More requests than the service answers one caller in a minute. */
export class RateError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_RATE", message, options);
  }
}

/** A fault of cosface itself: its cause is in the log, and not in the answer to a request. */
export class InternalError extends CosfaceError {
  constructor(message: string, options?: ErrorOptions) {
    super("COSFACE_INTERNAL", message, options);
  }
}
