import type { Command } from "commander";

/** What each command is for, by name, in the order of the help page. */
export declare const descriptions: {
  readonly quickstart: string;
  readonly train: string;
  readonly evaluate: string;
  readonly detect: string;
  readonly align: string;
  readonly embed: string;
  readonly verify: string;
  readonly identify: string;
  readonly cluster: string;
  readonly calibrate: string;
  readonly experiment: string;
  readonly serve: string;
  readonly gallery: string;
  readonly keys: string;
  readonly backup: string;
  readonly restore: string;
  readonly models: string;
  readonly networks: string;
  readonly bounds: string;
  readonly boundaries: string;
  readonly geometry: string;
  readonly pack: string;
  readonly unpack: string;
  readonly doctor: string;
};

/** The program as its help page shows it; `loaded` takes the place of the command of its name. */
export declare function describeProgram(loaded?: Command): Command;
