/**
 * The files of IJB-B and IJB-C, as InsightFace's packages of them are laid out: `meta/` with the lists, `loose_crop/`
 * with the images. Line i of `ijbc_face_tid_mid.txt` (image, template, medium) and of `ijbc_name_5pts_score.txt`
 * (image, five points, the detector's score) belong to one image; an image in several templates has several lines.
 * @see Maze et al., IARPA Janus Benchmark - C, ICB 2018
 * @see InsightFace, `recognition/arcface_torch/eval_ijbc.py`: https://github.com/deepinsight/insightface
 */
import { DatasetError, requireFields, requireKind } from "../core/index.ts";
import type { Landmarks } from "../image/index.ts";
import {
  type ListLine,
  listLines,
  listName,
  parseCount,
  parseFinite,
  readImageBytes,
  readListBytes,
} from "./list-lines.ts";
import { parseTemplatePairs, type TemplatePairList } from "./pair-numbers.ts";

/** IJB-B or IJB-C: the start of the names of its files. */
export type IjbName = "ijbb" | "ijbc";

/** The template and the medium of each image, in the order of the lists. */
export type IjbMembers = {
  readonly imageNames: readonly string[];
  /** The line that names an image, for messages, such as "ijbc_face_tid_mid.txt:17". */
  readonly source: (index: number) => string;
  readonly templates: Uint32Array;
  readonly media: Uint32Array;
};

/** The face of each image. */
export type IjbFaces = {
  /** Where the five points are in the image of `loose_crop/`. */
  readonly landmarks: (index: number) => Landmarks;
  /** The detector's score. */
  readonly detectorScores: Float32Array;
  /** The line of an image's points, for messages. */
  readonly source: (index: number) => string;
};

/** The images of IJB, encoded. */
export type IjbImages = {
  readonly imageCount: number;
  /** The line that names the image, for messages. */
  readonly source: (index: number) => string;
  readonly readBytes: (index: number) => Promise<Uint8Array>;
};

/** Templates with the person of each. */
export type IjbSubjects = { readonly templates: Uint32Array; readonly subjects: Uint32Array };

/** The probes and the two galleries of 1:N search. */
export type IjbSearches = { readonly probes: IjbSubjects; readonly galleries: readonly IjbSubjects[] };

/** Reads the template and the medium of each image. @throws {DatasetError} with file and line. */
export async function readIjbMembers(folder: string, set: IjbName): Promise<IjbMembers> {
  const path = meta(folder, `${set}_face_tid_mid.txt`);
  const lines = listLines(await readListBytes(path, "lines of image, template and medium"));
  if (lines.length === 0) throw new DatasetError(`${listName(path)}: got no lines, expected one for each image`);
  const templates = new Uint32Array(lines.length);
  const media = new Uint32Array(lines.length);
  const imageNames = lines.map(({ content, line }, i) => {
    const where = `${listName(path)}:${line}`;
    const fields = content.split(/\s+/);
    const [name = "", template = "", medium = ""] = fields;
    if (fields.length !== 3) {
      throw new DatasetError(`${where}: got ${fields.length} fields, expected 3: image, template and medium`);
    }
    templates[i] = parseCount(template, where, "template");
    media[i] = parseCount(medium, where, "medium");
    return requireImageName(name, where);
  });
  return { imageNames, templates, media, source: sourceOf(path, lines) };
}

/**
 * Reads five points and the detector's score of each image.
 *
 * @param members the images of the other list: both have the same, line for line.
 * @throws {DatasetError} with file and line.
 */
export async function readIjbFaces(folder: string, set: IjbName, members: IjbMembers): Promise<IjbFaces> {
  requireKind("folder", folder, "a text");
  requireFields("members", members, { imageNames: "a list", templates: "a list" });
  const { imageNames } = members;
  const path = meta(folder, `${set}_name_5pts_score.txt`);
  const name = listName(path);
  const lines = listLines(await readListBytes(path, "lines of image, ten coordinates and score"));
  if (lines.length !== imageNames.length) {
    const other = `${set}_face_tid_mid.txt`;
    throw new DatasetError(`${name}: got ${lines.length} lines, expected ${imageNames.length} as ${other} has`);
  }
  const points = new Float64Array(10 * lines.length);
  const detectorScores = Float32Array.from(lines, ({ content, line }, i) => {
    const where = `${name}:${line}`;
    const fields = content.split(/\s+/);
    const [image = "", ...numbers] = fields;
    if (numbers.length !== 11) {
      throw new DatasetError(`${where}: got ${fields.length} fields, expected 12: image, ten coordinates and score`);
    }
    if (image !== imageNames[i]) {
      throw new DatasetError(`${where}: got another image than the same line of ${set}_face_tid_mid.txt`);
    }
    for (let k = 0; k < 10; k++) points[10 * i + k] = parseFinite(numbers[k] ?? "", where, "coordinate");
    return parseFinite(numbers[10] ?? "", where, "score");
  });
  const landmarks = (index: number): Landmarks => {
    const at = (k: number) => [points[10 * index + 2 * k] ?? 0, points[10 * index + 2 * k + 1] ?? 0] as const;
    return [at(0), at(1), at(2), at(3), at(4)];
  };
  return { landmarks, detectorScores, source: sourceOf(path, lines) };
}

/** The images of `loose_crop/`, in the order of the lists. */
export function ijbImages(folder: string, members: IjbMembers): IjbImages {
  requireKind("folder", folder, "a text");
  requireFields("members", members, { imageNames: "a list", source: "a function" });
  const { imageNames, source } = members;
  return {
    imageCount: imageNames.length,
    source,
    readBytes: (index) => readImageBytes(`${folder}/loose_crop/${imageNames[index] ?? ""}`, source(index)),
  };
}

/** Reads the pairs of 1:1 verification. @throws {DatasetError} with file and line. */
export async function readIjbPairs(folder: string, set: IjbName, members: IjbMembers): Promise<TemplatePairList> {
  const path = meta(folder, `${set}_template_pair_label.txt`);
  const bytes = await readListBytes(path, "lines of two templates and a label");
  return parseTemplatePairs(bytes, listName(path), new Set(members.templates));
}

/**
 * Reads probes and galleries of 1:N search. A template may be listed several times, as in lists of its images.
 *
 * @throws {DatasetError} with file and line: a person has two templates in the galleries, or a probe has none.
 */
export async function readIjbSearches(folder: string, set: IjbName, members: IjbMembers): Promise<IjbSearches> {
  requireKind("folder", folder, "a text");
  requireFields("members", members, { imageNames: "a list", templates: "a list" });
  const letter = set === "ijbb" ? "S" : "G";
  const known = new Set(members.templates);
  const read = (part: string) => readSubjects(meta(folder, `${set}_1N_${part}.csv`), known);
  const [first, second] = [await read(`gallery_${letter}1`), await read(`gallery_${letter}2`)];
  const enrolled = new Set<number>();
  for (const { name, lines, subjects } of [first, second]) {
    for (const [i, subject] of subjects.entries()) {
      if (enrolled.has(subject)) {
        throw new DatasetError(`${name}:${lines[i]}: got another template of subject ${subject}, expected one in all`);
      }
      enrolled.add(subject);
    }
  }
  const probes = await read("probe_mixed");
  const unknown = probes.subjects.findIndex((subject) => !enrolled.has(subject));
  if (unknown >= 0) {
    const { name, lines, subjects } = probes;
    throw new DatasetError(`${name}:${lines[unknown]}: subject ${subjects[unknown]} is in neither gallery`);
  }
  return { probes, galleries: [first, second] };
}

type SubjectList = IjbSubjects & { readonly name: string; readonly lines: readonly number[] };

/** Reads a list of templates with their people: a header line, then `template,subject` and perhaps further columns. */
async function readSubjects(path: string, known: ReadonlySet<number>): Promise<SubjectList> {
  const name = listName(path);
  const [, ...rows] = listLines(await readListBytes(path, "a header line and lines of template and subject"));
  const subjectOf = new Map<number, { readonly subject: number; readonly line: number }>();
  for (const row of rows) {
    const { template, subject } = parseSubject(row, name);
    const before = subjectOf.get(template);
    if (!known.has(template)) throw new DatasetError(`${name}:${row.line}: template ${template} has no image`);
    if (before === undefined) subjectOf.set(template, { subject, line: row.line });
    else if (before.subject !== subject) {
      throw new DatasetError(
        `${name}:${row.line}: got subject ${subject} for template ${template}, and ${before.subject} on line ${before.line}`,
      );
    }
  }
  if (subjectOf.size === 0) throw new DatasetError(`${name}: got no templates after the header line`);
  return {
    name,
    templates: Uint32Array.from(subjectOf.keys()),
    subjects: Uint32Array.from(subjectOf.values(), ({ subject }) => subject),
    lines: Array.from(subjectOf.values(), ({ line }) => line),
  };
}

function parseSubject({ content, line }: ListLine, name: string) {
  const where = `${name}:${line}`;
  const [template, subject] = content.split(",").map((field) => field.trim());
  if (template === undefined || subject === undefined) {
    throw new DatasetError(`${where}: got 1 field, expected template and subject with a comma between them`);
  }
  return { template: parseCount(template, where, "template"), subject: parseCount(subject, where, "subject") };
}

/** Names the line of an entry of a list. */
function sourceOf(path: string, lines: readonly ListLine[]): (index: number) => string {
  const numbers = Uint32Array.from(lines, ({ line }) => line);
  return (index) => `${listName(path)}:${numbers[index] ?? "?"}`;
}

/** Images lie in `loose_crop/`, and a list must not name a file elsewhere. */
function requireImageName(name: string, where: string): string {
  const parts = name.split(/[/\\]/);
  if (!parts.some((part) => part === "" || part.startsWith("."))) return name;
  throw new DatasetError(`${where}: got a path that leads elsewhere, expected the name of an image in loose_crop`);
}

function meta(folder: string, file: string): string {
  return `${folder}/meta/${file}`;
}
