/** The measurements of an assessment, from the faces that were found. */
import { type CancelSignal, InternalError, random } from "../../base/core/index.ts";
import type { PeopleAttribute } from "../../base/data/index.ts";
import {
  type CrossPairs,
  calibratePeople,
  crossPairs,
  type LabeledEmbeddings,
  type PairScores,
  scoreSeparation,
  shareForCalibration,
} from "../../measure/eval/index.ts";
import { DEFAULT_FARS } from "../people/index.ts";
import type { AssessedIdentification, AssessedVerification, Assessment, NotAssessed } from "./assessment.ts";
import { assessAttribute } from "./attributes.ts";
import { checkFolder, type ImageNumber, type MeasuredImage, measuredImages } from "./check-folder.ts";
import { type HardPairs, hardPairs, type ScoredPair } from "./hard-pairs.ts";
import { LEAST_SEARCHED, searchOpenSet } from "./open-set.ts";
import type { FolderSurvey, SurveyedImage } from "./survey-folder.ts";

/** What is measured. */
export type AssessDataOptions = {
  readonly far: number;
  readonly fpir: number;
  readonly confidence: number;
  readonly repeats: number;
  readonly seed: number;
  readonly gallerySize: number | undefined;
  readonly attributes: readonly PeopleAttribute[];
  readonly names: boolean;
  readonly onProgress: (done: number, total: number, what: string) => void;
  readonly signal: CancelSignal | undefined;
};

/** The measurements, with what images and figures are made of. */
export type AssessedData = {
  readonly assessment: Omit<Assessment, "model" | "detector" | "date" | "machine" | "command" | "latency">;
  /** Scores to draw: of all pairs, or of those of some people drawn at random. */
  readonly figures: { readonly scores: PairScores | undefined; readonly peopleCount: number };
  readonly measured: readonly MeasuredImage[];
  readonly hard: HardPairs;
};

/** FPIRs of the table by gallery size. */
const FPIRS = [0.1, 0.01];
/** Pairs shown of each kind. */
const HARD_CASES = 20;
/** Pairs of different people that are looked at for copies: the most alike. */
const MAYBE_COPIES = 200;
/** Photographs whose pairs a figure shows: five million pairs. */
const DRAWN_IMAGES = 3200;
/** Fewest people whose pairs are worth rates with intervals by persons. */
const LEAST_MEASURED = 10;

/** Measures everything that needs no network. */
export function assessData(survey: FolderSurvey, options: AssessDataOptions): AssessedData {
  const { far, fpir, confidence, seed, names, gallerySize, onProgress, signal } = options;
  const measured = measuredImages(survey);
  const labeled = labeledOf(measured);
  const numberOf = ({ person, number, name }: SurveyedImage): ImageNumber => ({
    person: person + 1,
    image: number,
    ...(names ? { file: name } : {}),
  });
  const pairs = comparePairs(labeled, far);
  const rates = "reason" in pairs ? undefined : ratesOf(pairs, far, confidence);
  const wanted = rates?.find((rate) => rate.far === far);
  const threshold = wanted?.threshold ?? undefined;
  onProgress(1, 3, "measurements");
  signal?.throwIfAborted();
  const hard = hardPairs(labeled, Math.max(HARD_CASES, MAYBE_COPIES), threshold);
  const imageAt = (row: number): MeasuredImage => {
    const image = measured[row];
    if (image === undefined) throw new InternalError("internal: a pair of an image that was not measured");
    return image;
  };
  const check = checkFolder(
    survey,
    measured,
    hard.impostor.map(({ left, right }) => [imageAt(left), imageAt(right)] as const),
    numberOf,
  );
  onProgress(2, 3, "measurements");
  signal?.throwIfAborted();
  const identification = identify(labeled, threshold, options);
  onProgress(3, 3, "measurements");
  const shown = {
    labels: hard.labels.slice(0, HARD_CASES),
    genuine: hard.genuine.slice(0, HARD_CASES),
    impostor: hard.impostor.slice(0, HARD_CASES),
  };
  const hardCase = ({ left, right, score }: ScoredPair) => ({
    left: numberOf(imageAt(left)),
    right: numberOf(imageAt(right)),
    score,
  });
  const drawn = drawnPeople(labeled, seed);
  const scores = "reason" in pairs ? undefined : scoresOf(drawn);
  return {
    assessment: {
      seed,
      confidence,
      wanted: { far, fpir, gallerySize: gallerySize ?? null },
      data: check,
      verification:
        "reason" in pairs || rates === undefined || scores === undefined
          ? asReason(pairs)
          : verificationOf(pairs, rates, scores),
      identification,
      verificationThreshold: wanted?.tar != null ? wanted : { reason: wanted?.reason ?? asReason(pairs).reason },
      searchThreshold: searchThreshold(identification, fpir, gallerySize),
      groups: options.attributes.map((attribute) =>
        assessAttribute(attribute, survey.names, measured, labeled, pairs, { far, threshold, confidence }),
      ),
      hardCases: {
        labels: shown.labels.map(({ row, own, other }) => ({
          image: numberOf(imageAt(row)),
          own: numberOf(imageAt(own.row)),
          ownScore: own.score,
          other: numberOf(imageAt(other.row)),
          otherScore: other.score,
        })),
        genuine: shown.genuine.map(hardCase),
        impostor: shown.impostor.map(hardCase),
      },
    },
    figures: { scores, peopleCount: new Set(drawn.identities).size },
    measured,
    hard: shown,
  };
}

function labeledOf(measured: readonly MeasuredImage[]): LabeledEmbeddings & { readonly identities: readonly number[] } {
  const size = measured[0]?.facts.embedding.length ?? 0;
  const data = new Float32Array(measured.length * size);
  for (const [row, { facts }] of measured.entries()) data.set(facts.embedding, row * size);
  return { embeddings: { count: measured.length, size, data }, identities: measured.map(({ person }) => person) };
}

/** All pairs, with enough of the impostor pairs for every rate; or why there are too few people. */
function comparePairs(
  labeled: LabeledEmbeddings & { readonly identities: readonly number[] },
  far: number,
): CrossPairs | NotAssessed {
  const people = new Set(labeled.identities);
  const pairedCount = [...imageCountsOf(labeled.identities).values()].filter((count) => count > 1).length;
  if (people.size < LEAST_MEASURED || pairedCount < LEAST_MEASURED) {
    return {
      reason: `insufficient data: ${people.size} people with a face, ${pairedCount} of them with two photographs, expected at least ${LEAST_MEASURED} of each`,
    };
  }
  return crossPairs(labeled, shareForCalibration(Math.max(far, ...DEFAULT_FARS)));
}

function imageCountsOf(identities: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const person of identities) counts.set(person, (counts.get(person) ?? 0) + 1);
  return counts;
}

function ratesOf(pairs: CrossPairs, far: number, confidence: number) {
  const fars = [...new Set([...DEFAULT_FARS, far])].sort((a, b) => b - a);
  return calibratePeople(pairs, fars, { confidence });
}

function verificationOf(
  { genuine, impostorCount }: CrossPairs,
  rates: AssessedVerification["rates"],
  scores: PairScores,
): AssessedVerification {
  return {
    genuineCount: genuine.scores.length,
    impostorCount,
    rates,
    separation: scoreSeparation(scores),
  };
}

function asReason(pairs: CrossPairs | NotAssessed): NotAssessed {
  return { reason: "reason" in pairs ? pairs.reason : "insufficient data" };
}

function identify(
  labeled: LabeledEmbeddings & { readonly identities: readonly number[] },
  threshold: number | undefined,
  { fpir, repeats, seed, confidence, gallerySize, onProgress, signal }: AssessDataOptions,
): AssessedIdentification | NotAssessed {
  const fpirs = [...new Set([...FPIRS, fpir])].sort((a, b) => b - a);
  const sizes = searchOpenSet(labeled, {
    fpirs,
    repeats,
    seed,
    confidence,
    gallerySize,
    threshold,
    onProgress: (done, total) => {
      onProgress(done, total, "draws of galleries");
      signal?.throwIfAborted();
    },
  });
  if (sizes.length > 0) return { repeats, fpirs, sizes };
  const least = `${LEAST_SEARCHED} people to enroll and ${LEAST_SEARCHED} unknown ones`;
  return { reason: `insufficient data: expected at least ${least} beside each other: 15 people with two photographs` };
}

/** The point for the wanted rate, at the wanted size of the gallery or the largest one. */
function searchThreshold(
  identification: AssessedIdentification | NotAssessed,
  fpir: number,
  gallerySize: number | undefined,
): Assessment["searchThreshold"] {
  if ("reason" in identification) return identification;
  const { sizes } = identification;
  const size = gallerySize === undefined ? sizes.at(-1) : sizes.find((one) => one.gallerySize === gallerySize);
  if (size === undefined) {
    const most = sizes.at(-1)?.gallerySize ?? 0;
    return {
      reason: `insufficient data: got a gallery of ${gallerySize} people, expected at most ${most}, with a third of all people unknown`,
    };
  }
  const point = size.points.find((one) => one.fpir === fpir);
  if (point === undefined || point.reason !== undefined) return { reason: point?.reason ?? "insufficient data" };
  return { ...point, gallerySize: size.gallerySize };
}

/** All images, or those of some people drawn at random. */
function drawnPeople(
  labeled: LabeledEmbeddings & { readonly identities: readonly number[] },
  seed: number,
): LabeledEmbeddings & { readonly identities: readonly number[] } {
  const { embeddings, identities } = labeled;
  if (embeddings.count <= DRAWN_IMAGES) return labeled;
  const counts = imageCountsOf(identities);
  const people = [...counts.keys()];
  const chosen = new Set<number>();
  let count = 0;
  for (const index of random(seed, "people of a figure").permutation(people.length)) {
    const person = people[index] ?? -1;
    count += counts.get(person) ?? 0;
    if (count > DRAWN_IMAGES) break;
    chosen.add(person);
  }
  const rows = identities.flatMap((person, row) => (chosen.has(person) ? [row] : []));
  const { size, data } = embeddings;
  const part = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) part.set(data.subarray(row * size, (row + 1) * size), i * size);
  return {
    embeddings: { count: rows.length, size, data: part },
    identities: rows.map((row) => identities[row] ?? -1),
  };
}

function scoresOf(labeled: LabeledEmbeddings): PairScores {
  const { genuine, impostor } = crossPairs(labeled);
  return { genuine: genuine.scores, impostor: impostor.scores };
}
