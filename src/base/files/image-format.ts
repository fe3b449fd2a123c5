/** Recognizes files by their first bytes, never by their names. */
import { requireKind } from "../core/index.ts";

/** Format of an image that `decodeImage` reads. */
export type ImageFormat = "jpeg" | "png" | "webp" | "gif" | "tiff" | "avif" | "heic" | "bmp" | "pnm";

/** Bytes from the start of a file that are enough to recognize its kind. */
export const FORMAT_BYTES = 512;

/** Kinds by the first bytes of a file, where "?" stands for any byte. */
type Starts<Kind> = readonly (readonly [kind: Kind, ...starts: readonly string[]])[];

const IMAGES: Starts<ImageFormat> = [
  ["jpeg", "\xff\xd8\xff"],
  ["png", "\x89PNG\r\n\x1a\n"],
  ["webp", "RIFF????WEBP"],
  ["gif", "GIF87a", "GIF89a"],
  ["tiff", "II*\0", "MM\0*"],
  ["bmp", "BM"],
  ["pnm", "P2", "P3", "P5", "P6"],
];

/** Some of these begin as an image that is read, so they are looked for first. */
const RAW: Starts<string> = [
  ["raw image of a Canon camera (CR2)", "II*\0????CR"],
  ["raw image of a Canon camera (CR3)", "????ftypcrx "],
  ["raw image of a Fujifilm camera (RAF)", "FUJIFILMCCD-RAW"],
  ["raw image of an Olympus camera (ORF)", "IIRO", "IIRS", "MMOR"],
  ["raw image of a Panasonic camera (RW2)", "IIU\0"],
];

const OTHERS: Starts<string> = [
  ["JPEG XL image", "\xff\x0a", "\0\0\0\x0cJXL \r\n\x87\n"],
  ["JPEG 2000 image", "\0\0\0\x0cjP  \r\n\x87\n", "\xff\x4f\xff\x51"],
  ["Photoshop document", "8BPS"],
  ["PDF document", "%PDF"],
  ["SVG drawing", "<svg", "<?xml"],
  ["OpenEXR image", "\x76\x2f\x31\x01"],
  ["Radiance HDR image", "#?RADIANCE"],
  ["GIMP image", "gimp xcf"],
  ["DirectDraw surface", "DDS "],
  ["Windows icon", "\0\0\x01\0", "\0\0\x02\0"],
  ["QOI image", "qoif"],
  ["Netpbm image of another kind", "P1\n", "P4\n", "P7\n"],
  ["BigTIFF image", "II+\0", "MM\0+"],
  ["AVI video", "RIFF????AVI "],
  ["Matroska or WebM video", "\x1a\x45\xdf\xa3"],
  ["ZIP archive", "PK\x03\x04"],
  ["gzip archive", "\x1f\x8b"],
  ["HTML page", "<!DOCTYPE html", "<!doctype html", "<html"],
];

/** The format that the first bytes announce; undefined if `decodeImage` does not read it. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  requireKind("file", bytes, "bytes");
  const start = latin1(bytes.subarray(0, FORMAT_BYTES));
  if (rawKind(start) !== undefined) return undefined;
  const kind = isoKind(start);
  if (kind !== undefined) return kind === "AVIF image" ? "avif" : kind === "HEIC image" ? "heic" : undefined;
  return kindOf(start, IMAGES);
}

/** The kind of a file by its first bytes, in words: "PDF document", "JPEG XL image", "text", "unknown file". */
export function fileKind(bytes: Uint8Array): string {
  if (bytes.length === 0) return "empty file";
  const start = latin1(bytes.subarray(0, FORMAT_BYTES));
  const image = kindOf(start, IMAGES);
  const known = rawKind(start) ?? isoKind(start) ?? (image && `${image.toUpperCase()} image`) ?? kindOf(start, OTHERS);
  return known ?? (isText(start) ? "text" : "unknown file");
}

function kindOf<Kind>(start: string, kinds: Starts<Kind>): Kind | undefined {
  return kinds.find(([, ...patterns]) => patterns.some((pattern) => matches(start, pattern)))?.[0];
}

function matches(start: string, pattern: string): boolean {
  return pattern.length <= start.length && [...pattern].every((byte, i) => byte === "?" || byte === start[i]);
}

/**
 * Raw files of cameras. Many are TIFF files, whose first page is a small preview that must not stand for the
 * photograph.
 */
function rawKind(start: string): string | undefined {
  const known = kindOf(start, RAW);
  if (known !== undefined) return known;
  return kindOf(start, IMAGES) === "tiff" && isRawTiff(start) ? "raw image of a camera (DNG, NEF, ARW …)" : undefined;
}

/** TIFF tags: the kind of a page (1: a preview), pages below this one, and the version of DNG. */
const [NEW_SUBFILE_TYPE, SUB_IFDS, DNG_VERSION] = [254, 330, 50706];

/** Whether the first page is marked as a preview of others below it, or as DNG. */
function isRawTiff(start: string): boolean {
  const view = new DataView(Uint8Array.from(start, (character) => character.charCodeAt(0)).buffer);
  const isLittle = start.startsWith("II");
  const directory = view.byteLength < 8 ? view.byteLength : view.getUint32(4, isLittle);
  if (directory + 2 > view.byteLength) return false;
  const end = Math.min(view.byteLength - 11, directory + 2 + 12 * view.getUint16(directory, isLittle));
  const values = new Map<number, number>();
  for (let at = directory + 2; at < end; at += 12) {
    values.set(view.getUint16(at, isLittle), view.getUint32(at + 8, isLittle));
  }
  return values.has(DNG_VERSION) || (values.get(NEW_SUBFILE_TYPE) === 1 && values.has(SUB_IFDS));
}

const AVIF_BRANDS = new Set(["avif", "avis"]);
const HEIC_BRANDS = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"]);

/**
 * The kind of an ISO base media file by the brands in its first box: its size, "ftyp", a brand, a version, compatible
 * brands. AVIF and HEIC may both be branded "mif1"; then the compatible brands decide.
 */
function isoKind(start: string): string | undefined {
  if (start.slice(4, 8) !== "ftyp") return undefined;
  const size = start.charCodeAt(2) * 256 + start.charCodeAt(3);
  const brands = [start.slice(8, 12), ...(start.slice(16, size).match(/[\s\S]{4}/g) ?? [])];
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return "AVIF image";
  return brands.some((brand) => HEIC_BRANDS.has(brand)) ? "HEIC image" : "video";
}

function isText(start: string): boolean {
  return [...start].every((character) => character >= " " || "\t\r\n\f".includes(character));
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
