/** What an error says to a user and to a program, and how a process ends with it. */
import { CosfaceError } from "../base/core/index.ts";

/** An error for a user and for a program. */
export type ErrorDescription = {
  /** A code of docs/reference/errors.md, or the system's, such as ENOENT. */
  readonly code: string;
  readonly message: string;
  /** Path of the file that the error is about. */
  readonly file?: string;
  /** Only of a fault of cosface: for a report. */
  readonly stack?: string;
};

/** Describes any error. An error that is not typed is a fault of cosface, and keeps its stack. */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof CosfaceError) {
    const { code, message, file } = error;
    return { code, message, ...(file !== undefined && { file }) };
  }
  if (isSystemError(error)) {
    const { code = "COSFACE_INTERNAL", message, path } = error;
    return { code, message, ...(path !== undefined && { file: path }) };
  }
  if (isLoadError(error)) {
    const machine = `Node ${process.version} on ${process.platform}-${process.arch}`;
    const [line] = error.message.split("\n");
    return {
      code: "COSFACE_INTERNAL",
      message: `a package cannot be loaded (${line}) by ${machine}: run npm ci again`,
    };
  }
  const message = `internal: ${error instanceof Error ? error.message : String(error)}`;
  const stack = error instanceof Error && error.stack !== undefined ? `internal: ${error.stack}` : message;
  return { code: "COSFACE_INTERNAL", message, stack };
}

/** A full disk, a missing permission: the message names the file, and a stack would not explain more. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

/** A native package is missing, or built for another machine. */
function isLoadError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const isMissing = /^(?:Could not load the "sharp"|Cannot find (?:module|package))/.test(error.message);
  return isMissing || ("code" in error && error.code === "ERR_DLOPEN_FAILED");
}
