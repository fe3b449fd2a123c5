/** Recognizes files by their first bytes, never by their names. */

/** Format of an image that `decodeImage` reads. */
export type ImageFormat = "jpeg" | "png" | "webp" | "gif" | "tiff" | "bmp" | "pnm";

/** Bytes from the start of a file that are enough to recognize its format. */
export const FORMAT_BYTES = 64;

const PREFIXES: readonly (readonly [format: ImageFormat, prefix: string])[] = [
  ["jpeg", "\xff\xd8\xff"],
  ["png", "\x89PNG\r\n\x1a\n"],
  ["gif", "GIF87a"],
  ["gif", "GIF89a"],
  ["tiff", "II*\0"],
  ["tiff", "MM\0*"],
  ["bmp", "BM"],
  ["pnm", "P2"],
  ["pnm", "P3"],
  ["pnm", "P5"],
  ["pnm", "P6"],
];

/** The format that the first bytes announce; undefined if `decodeImage` does not read it. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "webp";
  return PREFIXES.find(([, prefix]) => start.startsWith(prefix))?.[0];
}
