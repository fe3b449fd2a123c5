/**
 * The lists of MegaFace's devkit: `facescrub_features_list.json` ({"path": […], "id": […]}) names the probes,
 * `megaface_features_list.json_N_1` ({"path": […]}) the first N distractors. Noise lists name photographs whose label
 * is wrong, a line each: of FaceScrub by the file's name, of MegaFace by its path, perhaps after a number and a tab;
 * lines that begin with # are comments.
 * @see http://megaface.cs.washington.edu/participate/challenge.html
 * @see InsightFace, `recognition/_evaluation_/megaface`: https://github.com/deepinsight/insightface
 */
import { DatasetError, requireFields, requireKind } from "../core/index.ts";
import { listLines, listName, readListBytes } from "./list-lines.ts";

/** The photographs of a list. */
export type MegaFaceList = {
  /** Name of the file, for messages. */
  readonly name: string;
  /** Paths relative to the folder of photographs or features. They may hold names of people: not for messages. */
  readonly paths: readonly string[];
  /** The person of each photograph: 0, 1, … in order of first appearance; all 0 in a list of distractors. */
  readonly identities: Uint32Array;
};

/** Reads the list of probes. @throws {DatasetError} with the file's name, and the entry that does not fit. */
export async function readProbeList(path: string): Promise<MegaFaceList> {
  requireKind("path", path, "a text");
  const { name, paths, value } = await readPaths(path);
  const ids = "id" in value ? value.id : undefined;
  if (!Array.isArray(ids) || ids.length !== paths.length) {
    const got = Array.isArray(ids) ? `${ids.length} ids` : "no ids";
    throw new DatasetError(`${name}: got ${got} for ${paths.length} paths, expected "id" with one for each`);
  }
  const numbers = new Map<string, number>();
  const identities = Uint32Array.from(ids, (id: unknown, i) => {
    if (typeof id !== "string" && typeof id !== "number") {
      throw new DatasetError(`${name}: id ${i}: got a ${typeof id}, expected the name or number of a person`);
    }
    const number = numbers.get(String(id)) ?? numbers.size;
    numbers.set(String(id), number);
    return number;
  });
  return { name, paths, identities };
}

/** Reads a list of distractors. @throws {DatasetError} with the file's name, and the entry that does not fit. */
export async function readDistractorList(path: string): Promise<MegaFaceList> {
  requireKind("path", path, "a text");
  const { name, paths } = await readPaths(path);
  return { name, paths, identities: new Uint32Array(paths.length) };
}

async function readPaths(path: string) {
  const name = listName(path);
  const text = new TextDecoder().decode(await readListBytes(path, "a list of MegaFace's devkit"));
  const value = parseJson(text, name);
  const paths = "path" in value ? value.path : undefined;
  if (!Array.isArray(paths) || paths.length === 0) {
    throw new DatasetError(`${name}: got no paths, expected "path" with the path of each photograph`);
  }
  const checked = paths.map((one: unknown, i): string => {
    const parts = typeof one === "string" ? one.split("/") : [];
    if (typeof one === "string" && !parts.some((part) => part === "" || part === "." || part === "..")) return one;
    throw new DatasetError(`${name}: path ${i}: expected a path below the folder of features`);
  });
  return { name, paths: checked, value };
}

/** JSON, with the line of its fault in the error. */
function parseJson(text: string, name: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch (cause) {
    const position = /position (\d+)/.exec(cause instanceof Error ? cause.message : "")?.[1];
    const line = text.slice(0, position === undefined ? text.length : Number(position)).split("\n").length;
    // The message of the cause repeats a piece of the text, which may hold a name.
    throw new DatasetError(`${name}:${line}: got damaged JSON, expected a list of MegaFace's devkit`);
  }
  throw new DatasetError(`${name}:1: got no object, expected a list of MegaFace's devkit`);
}

/**
 * Reads a noise list, and finds its photographs in a list: 1 for each that is noise.
 *
 * @param parts how many of the last parts of a path a noise list gives: 1 for FaceScrub, 3 for MegaFace.
 * @throws {DatasetError} when the file cannot be read, or none of its photographs is in the list.
 */
export async function readNoise(path: string, list: MegaFaceList, parts: 1 | 3): Promise<Uint8Array> {
  requireKind("path", path, "a text");
  requireFields("list", list, { name: "a text", paths: "a list" });
  const { name, paths } = list;
  const lines = listLines(await readListBytes(path, "a noise list")).filter(({ content }) => !content.startsWith("#"));
  const keyOf = (one: string) => stem(one.split("/").slice(-parts).join("/"));
  const noise = new Set(lines.map(({ content }) => keyOf(content.split("\t").at(-1) ?? "")));
  const isNoise = Uint8Array.from(paths, (one) => Number(noise.has(keyOf(one))));
  if (noise.size > 0 && !isNoise.includes(1)) {
    throw new DatasetError(`${listName(path)}: got ${noise.size} photographs, none of them in ${name}`);
  }
  return isNoise;
}

/** A path without the ending of the file: lists and features differ in it. */
export function stem(path: string): string {
  return path.replace(/\.[^./]*$/, "");
}
