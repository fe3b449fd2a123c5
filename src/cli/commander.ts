/** Turns declarations into commander's commands: their words, their help pages, and the checks of what was typed. */
import {
  type Argument as CommanderArgument,
  Command as CommanderCommand,
  Option as CommanderOption,
  InvalidArgumentError,
} from "commander";
import { CosfaceError } from "../base/core/index.ts";
import { type Argument, type Command, type CommandGroup, flagOf, type Option, type Options } from "./declaration.ts";
import { releaseSignals } from "./interruption.ts";

/** A commander command that parses, checks and runs what the declaration says. */
export function toCommander(declaration: Command | CommandGroup): CommanderCommand {
  const command = new CommanderCommand(declaration.name).description(declaration.description);
  // `describe` has the default, which commander would append once more.
  command.configureHelp({
    optionDescription: ({ description }) => description,
    subcommandTerm: (part) => [part.name(), ...part.registeredArguments.map(termOfArgument)].join(" "),
  });
  command.addHelpText("after", `\n${[...below(declaration), examples(declaration)].join("\n\n")}`);
  if ("commands" in declaration) {
    for (const part of declaration.commands) command.addCommand(toCommander(part));
    return command;
  }
  const { options } = declaration;
  for (const { help, ...argument } of declaration.arguments) command.argument(termOf(argument), help);
  for (const [key, option] of Object.entries(options)) command.addOption(toOption(key, option, options));
  return command.action(async (...received: unknown[]) => {
    const flags = flagsOf(command, options);
    const words = received.slice(0, declaration.arguments.length);
    try {
      const exitCode = await declaration.run(flags, words);
      if (exitCode !== undefined) process.exitCode = exitCode;
    } finally {
      releaseSignals();
    }
  });
}

function termOf({ name, isList, isOptional }: Omit<Argument, "help">): string {
  const inner = isList ? `${name}...` : name;
  return isOptional ? `[${inner}]` : `<${inner}>`;
}

function termOfArgument(argument: CommanderArgument): string {
  return termOf({ name: argument.name(), ...(argument.required ? {} : { isOptional: true }) });
}

function below(declaration: Command | CommandGroup): string[] {
  const codes = "exitCodes" in declaration ? Object.entries(declaration.exitCodes ?? {}) : [];
  return [
    ...(declaration.notes === undefined ? [] : [declaration.notes]),
    ...(codes.length === 0 ? [] : [`Exit codes: ${codes.map(([code, meaning]) => `${code} ${meaning}`).join(", ")}.`]),
  ];
}

function examples({ examples }: Command | CommandGroup): string {
  return [examples.length === 1 ? "Example:" : "Examples:", ...examples.map((line) => `  ${line}`)].join("\n");
}

function toOption(key: string, option: Option, all: Options): CommanderOption {
  const { value, default: byDefault, conflicts = [], required, isOn, isHidden } = option;
  const flag = flagOf(key, option);
  const term = isOn ? flag.replace("--", "--no-") : value === undefined ? flag : `${flag} <${value}>`;
  const made = new CommanderOption(term, describe(option, all)).conflicts(
    conflicts.map((other) => attribute(other, all)),
  );
  if (value !== undefined) made.argParser((text: string) => parse(option, text));
  if (byDefault !== undefined) made.default(byDefault);
  if (required) made.makeOptionMandatory();
  if (isHidden) made.hideHelp();
  return made;
}

/** The option's meaning, its choices, its default and what it needs, in one line. */
function describe(option: Option, all: Options): string {
  const { help, choices, default: byDefault, otherwise, needs = {}, needsOne = [], isNeedInHelp } = option;
  const shown = otherwise ?? (byDefault === undefined ? undefined : String(byDefault));
  const remarks = [
    ...(choices === undefined ? [] : [`choices: ${choices.join(", ")}`]),
    ...(shown === undefined ? [] : [`default: ${shown}`]),
    ...Object.entries(isNeedInHelp ? {} : needs).map(([other, values]) => {
      const flag = flagOf(other, all[other]);
      return values === true ? `with ${flag}` : `with ${flag} ${values.join(" or ")}`;
    }),
    ...(needsOne.length === 0 ? [] : [`with ${needsOne.map((other) => flagOf(other, all[other])).join(" or ")}`]),
  ];
  return remarks.length === 0 ? help : `${help} (${remarks.join("; ")})`;
}

function parse({ choices, parse: read = (text) => text }: Option, text: string): unknown {
  if (choices !== undefined && !choices.includes(text)) {
    throw new InvalidArgumentError(`got '${text}', expected one of ${choices.join(", ")}`);
  }
  try {
    return read(text);
  } catch (error) {
    throw error instanceof CosfaceError ? new InvalidArgumentError(error.message) : error;
  }
}

/** The name under which commander keeps an option's value. */
function attribute(key: string, all: Options): string {
  return new CommanderOption(flagOf(key, all[key])).attributeName();
}

/** The flags by key. Ends with an error of use for an option that has no effect beside the others. */
function flagsOf(command: CommanderCommand, options: Options): Readonly<Record<string, unknown>> {
  const read = (key: string): unknown => command.getOptionValue(attribute(key, options));
  const isGiven = (key: string) => command.getOptionValueSource(attribute(key, options)) === "cli";
  for (const [key, option] of Object.entries(options)) {
    if (!isGiven(key)) continue;
    const { needsOne = [] } = option;
    if (needsOne.length > 0 && needsOne.every((other) => read(other) === undefined)) {
      const flags = needsOne.map((other) => flagOf(other, options[other])).join(" or ");
      command.error(`error: option '${flagOf(key, option)}' has no effect without ${flags}`);
    }
    for (const [other, values] of Object.entries(option.needs ?? {})) {
      const value = read(other);
      if (
        values === true
          ? value !== undefined && value !== false
          : values.includes(String(value ?? options[other]?.otherwise))
      )
        continue;
      const [flag, needed] = [flagOf(key, option), flagOf(other, options[other])];
      const condition = values === true ? `without ${needed}` : `unless ${needed} is ${values.join(" or ")}`;
      command.error(`error: option '${flag}' has no effect ${condition}`);
    }
  }
  const given = Object.keys(options).map((key) => [key, read(key)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
