import { CosfaceError } from "../base/core/index.ts";
import { ERROR, INTERNAL } from "./exit-codes.ts";

/** One JSON document on stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Lines on stdout: a command's result. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** A remark on stderr. */
export function note(text: string): void {
  clearProgress();
  process.stderr.write(`${text}\n`);
}

let isProgressShown = false;

/** A line on stderr that the next one replaces; without a terminal nothing is written. */
export function progress(text: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001b[2K${text}`);
  isProgressShown = true;
}

export function clearProgress(): void {
  if (isProgressShown) process.stderr.write("\r\u001b[2K");
  isProgressShown = false;
}

/**
 * Ends the process with the error in one line. An error that is not typed is a fault of cosface: it keeps its stack,
 * for a report.
 */
export function fail(error: unknown): never {
  clearProgress();
  if (isHelp(error)) process.exit(error.exitCode === 0 ? 0 : ERROR);
  const line = lineOf(error);
  if (line !== undefined) {
    process.stderr.write(`error: ${line}\n`);
    process.exit(ERROR);
  }
  process.stderr.write(`error: internal: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(INTERNAL);
}

/** Commander has written a help page, because it was asked to or because a subcommand is missing. */
function isHelp(error: unknown): error is { readonly exitCode: number } {
  return error instanceof Error && "code" in error && /^commander\./.test(String(error.code));
}

function lineOf(error: unknown): string | undefined {
  if (error instanceof CosfaceError || isSystemError(error)) return error.message;
  if (!isLoadError(error)) return undefined;
  const machine = `Node ${process.version} on ${process.platform}-${process.arch}`;
  return `a package cannot be loaded (${error.message.split("\n")[0]}) by ${machine}: run npm ci again`;
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

/** "1 h 4 min", "3 min 20 s", "12 s". */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return whole >= 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole} s`;
}

/** 0.98765 → "98.77 %". */
export function formatPercent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** 5_300_000 → "5.3 MB". */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}
