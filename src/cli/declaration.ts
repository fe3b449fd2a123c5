/**
 * A command is one declaration: `commands/NAME/options.ts` lists its options as data, `command.ts` describes it, and
 * `run.ts` does the work. The types of the flags, the help page, the checks of what was typed and
 * docs/reference/commands.md all derive from the declaration. `run.ts` is loaded when the command runs, so that a help
 * page or an error of use loads no package but commander.
 */

import { limitImages } from "./limit-images.ts";

/** An option of a command. Its flag is its key with hyphens: `smallestFace` is `--smallest-face`. */
export type Option = {
  /** What the option means. */
  readonly help: string;
  /** What the help page calls the value; an option without a value is a switch. */
  readonly value?: string;
  /**
   * Turns the text into the value; by default the value is the text. @throws {OptionError} for a text that is wrong.
   */
  readonly parse?: (text: string) => unknown;
  /** The values that are accepted. */
  readonly choices?: readonly string[];
  /** The value of a missing option. */
  readonly default?: unknown;
  /** How the help page shows the default, or what happens without the option where there is no default. */
  readonly otherwise?: string;
  readonly required?: true;
  /** A switch that is on; its flag `--no-NAME` turns it off. */
  readonly isOn?: true;
  /** Options that exclude this one. */
  readonly conflicts?: readonly string[];
  /** Options without which this one has no effect: each must be present, or have one of the values. */
  readonly needs?: Readonly<Record<string, true | readonly string[]>>;
  /** Options of which one must be present. */
  readonly needsOne?: readonly string[];
  /** The help text names what the option needs, so the help page does not add it. */
  readonly isNeedInHelp?: true;
  /** The flag, where it is not the key with hyphens. */
  readonly flag?: `--${string}`;
  /** Not on the help page. */
  readonly isHidden?: true;
};

/** Options by key, in the order of the help page. */
export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O extends { readonly value: string }
  ? O extends { readonly parse: (text: string) => infer Value }
    ? Value
    : O extends { readonly choices: readonly (infer Choice)[] }
      ? Choice
      : string
  : boolean;

/** Keys of the options that always have a value. */
type PresentKey<O extends Options> = {
  [K in keyof O]: O[K] extends { readonly default: unknown } | { readonly required: true } | { readonly isOn: true }
    ? K
    : never;
}[keyof O];

/** What the command line gives for some options: the type of a command's flags. */
export type FlagsOf<O extends Options> = { readonly [K in PresentKey<O>]: ValueOf<O[K]> } & {
  readonly [K in Exclude<keyof O, PresentKey<O>>]?: ValueOf<O[K]>;
};

/** How a command ends: with an exit code, or with 0. */
type Outcome = Promise<number> | Promise<void>;

/** A word of a command without a flag. */
export type Argument = {
  readonly name: string;
  readonly help: string;
  /** One or more words; only as the last argument. */
  readonly isList?: true;
  readonly isOptional?: true;
};

/** What the command line gives for some arguments. */
type WordsOf<A extends readonly Argument[]> = {
  readonly [I in keyof A]: A[I] extends { readonly isList: true }
    ? readonly string[]
    : A[I] extends { readonly isOptional: true }
      ? string | undefined
      : string;
};

/** What all commands have. */
type Description = {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Paragraphs below the options, with lines of at most 80 columns. */
  readonly notes?: string;
  /** Command lines. */
  readonly examples: readonly string[];
};

/** A command that runs. */
export type Command = Description & {
  readonly arguments: readonly Argument[];
  readonly options: Options;
  /** Meaning of the exit codes, where 1 is an answer and not an error. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  /** Loads what the command does, and does it, with flags and words that passed the checks of the declaration. */
  readonly run: (flags: Readonly<Record<string, unknown>>, words: readonly unknown[]) => Promise<number | undefined>;
};

/** A command that only has others below it. */
export type CommandGroup = Description & { readonly commands: readonly Command[] };

/** Declares options; their literal types are kept, so that {@link FlagsOf} can derive from them. */
export function defineOptions<const O extends Options>(options: O): O {
  return options;
}

/** Declares a command. The types hold `run` to the options and the arguments. */
export function defineCommand<const O extends Options, const A extends readonly Argument[] = []>(
  declaration: Description & {
    readonly arguments?: A;
    readonly options: O;
    readonly exitCodes?: Readonly<Record<number, string>>;
    readonly load: () => Promise<{
      readonly run: (flags: FlagsOf<O>, ...words: WordsOf<A>) => Outcome;
    }>;
  },
): Command {
  const { load, ...described } = declaration;
  return {
    arguments: [],
    ...described,
    run: async (flags, words) => {
      const { run } = await load();
      await limitImages(flags);
      const exitCode: unknown = await run(flags as FlagsOf<O>, ...(words as WordsOf<A>));
      return typeof exitCode === "number" ? exitCode : undefined;
    },
  };
}

/** Declares a group of commands. */
export function defineGroup(declaration: CommandGroup): CommandGroup {
  return declaration;
}

/** The flag of an option: "smallestFace" → "--smallest-face". */
export function flagOf(key: string, { flag }: Pick<Option, "flag"> = {}): string {
  return flag ?? `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
