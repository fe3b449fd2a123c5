/**
 * A report on a person's own data: what its photographs are fit for, and how well a network recognizes the people on
 * them. Every figure has an interval that accounts for pairs that share people; where the data are too few for a
 * figure, the report says what would be needed.
 */
import {
  type CancelSignal,
  type KnownKeys,
  requireBetween,
  requireInteger,
  requireKind,
  requireKnownKeys,
} from "../../base/core/index.ts";
import { type PeopleAttribute, readPeopleGroups } from "../../base/data/index.ts";
import { requireConfidence } from "../../measure/eval/index.ts";
import { type EmbeddingsStore, embeddingsStore } from "../benchmarks/index.ts";
import { DEFAULT_FAR, type FacesChoice, withFaces } from "../people/index.ts";
import { assessData } from "./assess-data.ts";
import type { Assessment } from "./assessment.ts";
import { showCases } from "./hard-case-pages.ts";
import { measureLatency } from "./latency.ts";
import { assessmentPage } from "./report/page.ts";
import { surveyFolder } from "./survey-folder.ts";

/** How a folder is assessed. */
export type AssessOptions = FacesChoice & {
  /** False accept rate of one comparison to give the threshold for; default 1e-3. */
  readonly far?: number;
  /** Share of searches for unknown people that may name somebody, to give the threshold for; default 0.01. */
  readonly fpir?: number;
  /** People in the gallery to give that threshold for; default: as many as the data allow. */
  readonly gallerySize?: number;
  /** Path of a table `person,group`, or with a column for each attribute. */
  readonly groups?: string;
  /** Confidence of the intervals, two-sided, in (0, 1); default 0.95. */
  readonly confidence?: number;
  /** Draws of galleries and unknown people; default 10. */
  readonly repeats?: number;
  /** Seed of what is drawn at random; default 1. */
  readonly seed?: number;
  /** Whether the page shows the hard cases as images of faces; default true. */
  readonly images?: boolean;
  /** Whether page and numbers name people and files, which otherwise have numbers; default false. */
  readonly names?: boolean;
  /** Whether the images are aligned crops, in which no detector looked for a face; default false. */
  readonly aligned?: boolean;
  /** The detector's settings, where they are not the default ones: what is kept is only used for the same ones. */
  readonly detection?: string;
  /** Whether embeddings are kept in the user's cache folder, and used again; default true. A path: in that folder. */
  readonly keepEmbeddings?: string | boolean;
  /** Command line or call that the report shows. */
  readonly command?: string;
  /** The machine in words, beside the times that were measured on it. */
  readonly machine?: string;
  /** Called with what is done so far, of how much, and the name of it: (12, 300, "photographs"). */
  readonly onProgress?: (done: number, total: number, what: string) => void;
  /** Ends the call with the signal's reason; what was computed until then is kept. */
  readonly signal?: CancelSignal;
};

/** The numbers of an assessment, and its report as a self-contained HTML page. */
export type AssessedFolder = { readonly assessment: Assessment; readonly page: string };

const optionNames: KnownKeys<AssessOptions> = {
  faces: true,
  far: true,
  fpir: true,
  gallerySize: true,
  groups: true,
  confidence: true,
  repeats: true,
  seed: true,
  images: true,
  names: true,
  aligned: true,
  detection: true,
  keepEmbeddings: true,
  command: true,
  machine: true,
  onProgress: true,
  signal: true,
};

/** FPIR that a threshold is given for unless another is wanted. */
export const DEFAULT_FPIR = 0.01;

/**
 * Assesses a folder of photographs or crops, one subfolder a person.
 *
 * The page holds photographs of people unless `images` is false; {@link writeAssessment} writes it readable by its
 * owner alone.
 *
 * @throws {DatasetError} when there is no photograph, or the table of groups is wrong (with its line).
 * @throws {FaceError} when no face is found in any photograph.
 * @throws {OptionError} for an option that does not exist or is out of range.
 */
export async function assess(folder: string, options: AssessOptions = {}): Promise<AssessedFolder> {
  requireKind("folder", folder, "a text");
  requireKnownKeys("options of assess", options, optionNames);
  const { far = DEFAULT_FAR, fpir = DEFAULT_FPIR, confidence = 0.95, repeats = 10, seed = 1, gallerySize } = options;
  const { images = true, names = false, aligned = false, detection = "", keepEmbeddings = true } = options;
  const { command, machine, onProgress = () => {}, signal } = options;
  requireBetween("far", far, 0, 1);
  requireBetween("fpir", fpir, 0, 1);
  requireConfidence(confidence);
  requireInteger("repeats", repeats, 1);
  if (gallerySize !== undefined) requireInteger("gallerySize", gallerySize, 1);
  // A wrong table of groups should not wait for all photographs.
  const attributes: PeopleAttribute[] = options.groups === undefined ? [] : await readPeopleGroups(options.groups);
  return withFaces(options, async (faces) => {
    const survey = await surveyFolder(folder, faces, {
      store: storeOf(keepEmbeddings),
      detection: aligned ? "aligned" : detection,
      onProgress: (done, total) => onProgress(done, total, "photographs"),
      signal,
    });
    const latency = await measureLatency(survey.images, faces, seed);
    signal?.throwIfAborted();
    const data = assessData(survey, {
      far,
      fpir,
      confidence,
      repeats,
      seed,
      gallerySize,
      attributes,
      names,
      onProgress,
      signal,
    });
    const assessment: Assessment = {
      ...data.assessment,
      model: faces.embedder.id,
      detector: aligned ? null : faces.detector.name,
      date: new Date().toISOString().slice(0, 10),
      machine: machine ?? null,
      command: command ?? null,
      latency: latency ?? null,
    };
    const cases = await showCases(data, faces, { images, aligned, onProgress, signal });
    return { assessment, page: assessmentPage(assessment, data.figures, cases) };
  });
}

function storeOf(keepEmbeddings: string | boolean): EmbeddingsStore | undefined {
  if (keepEmbeddings === false) return undefined;
  return keepEmbeddings === true ? embeddingsStore() : embeddingsStore(keepEmbeddings);
}
