/** The numbers of an assessment, as JSON holds them. */
import type { PeopleThreshold, Refusal, ScoreSeparation } from "../../measure/eval/index.ts";
import type { GroupComparison, GroupThreshold } from "../../measure/groups/index.ts";
import type { FolderCheck, ImageNumber } from "./check-folder.ts";
import type { Latency } from "./latency.ts";
import type { GallerySize, SearchPoint } from "./open-set.ts";

/** 1:1 on all pairs of photographs. */
export type AssessedVerification = {
  readonly genuineCount: number;
  readonly impostorCount: number;
  /** FMR, FNMR (1 − TAR) and threshold for each rate, or why the pairs do not support it. */
  readonly rates: readonly (PeopleThreshold | Refusal)[];
  readonly separation: ScoreSeparation;
};

/** 1:N with people who are not enrolled. */
export type AssessedIdentification = {
  readonly repeats: number;
  /** The rates that each size is measured at. */
  readonly fpirs: readonly number[];
  readonly sizes: readonly GallerySize[];
};

/** Groups by one attribute. */
export type AssessedAttribute = {
  /** Title of the column, such as "group". */
  readonly name: string;
  /** People of the folder who are not in the table, or have an empty field there. */
  readonly missingPersonCount: number;
  /** People of the table who are not in the folder. */
  readonly unknownPersonCount: number;
  /** The rates at the threshold for `far`, or why there are none. */
  readonly comparison: GroupComparison | { readonly groups: null; readonly reason: string };
  /** What each group's own threshold would be. Shown, never applied. */
  readonly thresholds: readonly GroupThreshold[];
};

/** A pair that the network gets wrong, or nearly. */
export type HardCase = { readonly left: ImageNumber; readonly right: ImageNumber; readonly score: number };

/** A photograph that resembles another person more than its own. */
export type LabelInDoubt = {
  readonly image: ImageNumber;
  readonly own: ImageNumber;
  readonly ownScore: number;
  readonly other: ImageNumber;
  readonly otherScore: number;
};

/** A part that the data are too few for. */
export type NotAssessed = { readonly reason: string };

/** The assessment of a folder of people. */
export type Assessment = {
  readonly model: string;
  /** Null for aligned crops. */
  readonly detector: string | null;
  readonly date: string;
  readonly machine: string | null;
  readonly command: string | null;
  readonly seed: number;
  readonly confidence: number;
  readonly wanted: { readonly far: number; readonly fpir: number; readonly gallerySize: number | null };
  readonly data: FolderCheck;
  readonly verification: AssessedVerification | NotAssessed;
  readonly identification: AssessedIdentification | NotAssessed;
  /** The threshold to take for `wanted.far`, for 1:1. */
  readonly verificationThreshold: PeopleThreshold | NotAssessed;
  /** The threshold to take for `wanted.fpir`, for a gallery of `gallerySize` people. */
  readonly searchThreshold: (SearchPoint & { readonly gallerySize: number }) | NotAssessed;
  readonly groups: readonly AssessedAttribute[];
  readonly hardCases: {
    readonly labels: readonly LabelInDoubt[];
    readonly genuine: readonly HardCase[];
    readonly impostor: readonly HardCase[];
  };
  /** Null for fewer than 20 photographs. */
  readonly latency: Latency | null;
};
