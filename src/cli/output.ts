/**
 * What commands write. Results go to stdout. Notes, progress and errors go to stderr: as lines of text, or with
 * --json as lines of JSON, `{"note": …}` and `{"error": {"code", "message", "file"}}`.
 */
import { describePassedOver, type PassedOver } from "../base/files/index.ts";
import { describeError, type ErrorDescription } from "./errors.ts";

/** Whether the command line asks for JSON. Also true while it is not parsed yet, for errors of use. */
export function isJson(): boolean {
  return process.argv.includes("--json");
}

/** One JSON document on stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Lines on stdout: a command's result. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${visible(lines.join("\n"))}\n`);
}

/** A remark on stderr. With --json it is a field of a line of JSON, beside the `details`. */
export function note(text: string, details: object = {}): void {
  writeLine(text, { note: text, ...details });
}

/** An error of one file among several, on stderr; the command continues. */
export function noteError(error: unknown, file: string): void {
  writeError({ ...describeError(error), file });
}

/** An error on stderr, in one line, which names the file that the error is about. */
export function writeError({ code, message: text, file, stack }: ErrorDescription): void {
  const message = file === undefined || text.includes(file) ? text : `${file}: ${text}`;
  const error = { code, message, ...(file !== undefined && { file }), ...(stack !== undefined && { stack }) };
  writeLine(`error: ${stack ?? message}`, { error });
}

/** A remark on files of a folder that are not read, if there are any. */
export function notePassedOver(passedOver: readonly PassedOver[]): void {
  const line = describePassedOver(passedOver);
  if (line !== undefined) note(line, { passedOver: summarizePassedOver(passedOver) });
}

/** Names of each reason that JSON lists. */
const EXAMPLES = 3;

/** Files that are not read, for JSON: how many, and for each reason how many and the names of a few. */
export function summarizePassedOver(passedOver: readonly PassedOver[]) {
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of passedOver) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  return {
    count: passedOver.length,
    reasons: [...reasons].map(([reason, names]) => ({ reason, count: names.length, names: names.slice(0, EXAMPLES) })),
  };
}

let isProgressShown = false;

/** A line on stderr that the next one replaces; without a terminal, and with --json, nothing is written. */
export function progress(text: string): void {
  if (!process.stderr.isTTY || isJson()) return;
  process.stderr.write(`\r\u001b[2K${text}`);
  isProgressShown = true;
}

export function clearProgress(): void {
  if (isProgressShown) process.stderr.write("\r\u001b[2K");
  isProgressShown = false;
}

function writeLine(text: string, json: object): void {
  clearProgress();
  process.stderr.write(`${isJson() ? JSON.stringify(json) : visible(text)}\n`);
}

/** Characters that a terminal obeys, or that change the direction of the text after them. */
const OBEYED = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Text for a terminal: names of files and people may hold anything, and must not move its cursor. */
function visible(text: string): string {
  return text.replace(OBEYED, (character) =>
    character === "\n" || character === "\t" ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** "1 face", "2 faces"; the plural is the singular with an s unless given. */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
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
