import type { Command } from "commander";

/** The program as its help page shows it; `loaded` replaces the command of its name. */
export declare function describeProgram(loaded?: Command): Command;

/** What `cosface` alone prints: the help page, and on a machine without a gallery what to do first. */
export declare function welcome(): string;
