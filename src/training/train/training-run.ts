import type { CancelSignal } from "../../base/core/index.ts";
import type { FaceDataset } from "../../base/data/index.ts";
import type { ViewEmbedder } from "../../faces/embedder/index.ts";
import type { BrokenImage } from "../batches/index.ts";
import type { Network } from "../nn/index.ts";
import type { TrainingOptions } from "./options.ts";
import type { LogRow } from "./run-log.ts";

/** The result of a verification during training: ten-fold accuracy and its standard deviation, in [0, 1]. */
export type Verification = {
  readonly accuracy: number;
  readonly standardDeviation: number;
  /** Scores of the pairs, whose distribution then goes to the log too. */
  readonly genuineScores?: Float32Array;
  readonly impostorScores?: Float32Array;
};

/** A run: data, options, its folder, and callbacks that report what happens. */
export type TrainingRun = {
  /** Labeled faces: one of the readers' data sets, or one of your own. */
  readonly dataset: FaceDataset;
  readonly options: TrainingOptions;
  /** Folder for checkpoints, log and model; made if it is missing. */
  readonly folder: string;
  /** Continue from the newest checkpoint of the folder. */
  readonly resume?: boolean;
  /** Scores the network; called every `verifyEvery` steps and at the end. */
  readonly verify?: (embedder: ViewEmbedder) => Promise<Verification>;
  /** Aborting ends the run after the current step, with a checkpoint. */
  readonly signal?: CancelSignal;
  /** Called with every row of the log. */
  readonly onRow?: (row: LogRow, progress: Progress) => void;
  /** Sentences about how the options were chosen, for the log. */
  readonly notes?: readonly string[];
  /** Called with a sentence about something that was decided, or about an option that cannot work. */
  readonly onNote?: (note: string) => void;
  /** Called with the name of an activity that takes time before the first step. */
  readonly onPreparation?: (activity: string) => void;
};

/** How far a run is. */
export type Progress = { readonly iterations: number; readonly secondsLeft: number };

/** The results of a run that ended or was interrupted. */
export type TrainingResult = {
  /** Steps done. */
  readonly iteration: number;
  readonly isFinished: boolean;
  /** Path of the exported network; undefined when the run was interrupted. */
  readonly model: string | undefined;
  readonly rows: readonly LogRow[];
  /** The network that was trained. */
  readonly network: Network;
  readonly brokenImages: readonly BrokenImage[];
  readonly identityCount: number;
  readonly sampleCount: number;
};
