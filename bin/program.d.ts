import type { Command } from "commander";

/** The program as its help page shows it; `loaded` replaces the command of its name. */
export declare function describeProgram(loaded?: Command): Command;
