/**
 * Values of settings, read from text or JSON. A message names the source and what was meant, and never repeats a
 * password.
 */
import { isIP } from "node:net";
import { OptionError } from "../../base/core/index.ts";

/** Severities of log lines, least first. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

type Values = {
  readonly text: string;
  readonly database: string;
  readonly host: string;
  readonly count: number;
  readonly origins: readonly string[];
  readonly level: LogLevel;
  readonly numbers: Readonly<Record<string, number>>;
};

/** Which values a setting takes. */
export type SettingKind = keyof Values;

/** Type of the values of a kind. */
export type SettingValue<Kind extends SettingKind> = Values[Kind];

type Parsed = { readonly kind: SettingKind; readonly minimum?: number; readonly maximum?: number };

/** The value of a setting. @throws {OptionError} naming its source. */
export function parseSetting(source: string, setting: Parsed, value: unknown): SettingValue<SettingKind> {
  if (typeof value === "string") requireBare(source, value);
  switch (setting.kind) {
    case "count":
      return parseCount(source, setting, value);
    case "numbers":
      return parseNumbers(source, value);
    case "origins":
      return parseOrigins(source, value);
    case "level":
      return parseLevel(source, value);
    case "database":
      return parseDatabase(source, parseText(source, value));
    case "host":
      return parseHost(source, parseText(source, value));
    case "text":
      return parseText(source, value);
  }
}

/** Refuses what shells and env-files leave around a value. */
function requireBare(source: string, value: string): void {
  if (/^\s*(["'`]).*\1\s*$/s.test(value)) {
    throw new OptionError(`${source}: the value is in quotation marks, which an env-file keeps: remove them`);
  }
  if (/[\p{Cc}]/u.test(value)) {
    throw new OptionError(`${source}: the value holds a line end or another control character: remove it`);
  }
  if (value !== value.trim()) throw new OptionError(`${source}: the value begins or ends with a space: remove it`);
}

function parseText(source: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new OptionError(`${source}: got ${value === "" ? "an empty text" : `a ${typeof value}`}, expected a text`);
}

function parseCount(source: string, { maximum, minimum = 0 }: Parsed, value: unknown): number {
  const number = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  const isCount = typeof number === "number" && Number.isSafeInteger(number);
  if (isCount && number >= minimum && number <= (maximum ?? Number.MAX_SAFE_INTEGER)) return number;
  const range = maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  const hint =
    typeof value === "string" && value.startsWith("tcp://")
      ? ": Kubernetes sets this variable for a service of that name: set enableServiceLinks to false"
      : "";
  throw new OptionError(`${source}: got ${shown(value)}, expected a whole number ${range}${hint}`);
}

function parseLevel(source: string, value: unknown): LogLevel {
  const level = logLevels.find((one) => one === value);
  if (level !== undefined) return level;
  throw new OptionError(`${source}: got ${shown(value)}, expected one of ${logLevels.join(", ")}`);
}

/** "a=1,b=2.5", or an object of numbers in a file. */
function parseNumbers(source: string, value: unknown): Readonly<Record<string, number>> {
  const entries =
    typeof value === "string"
      ? value.split(",").map((item): [string, unknown] => {
          const [name = "", number, ...more] = item.split("=").map((part) => part.trim());
          return [name, number && more.length === 0 ? Number(number) : undefined];
        })
      : Object.entries(value ?? {});
  const areNumbers = entries.every(([name, number]) => name !== "" && Number.isFinite(number));
  const names = entries.map(([name]) => name);
  if (areNumbers && !Array.isArray(value) && entries.length > 0) {
    if (new Set(names).size < names.length) throw new OptionError(`${source}: got a name twice, expected each once`);
    return Object.fromEntries(entries) as Record<string, number>;
  }
  throw new OptionError(`${source}: expected names and numbers, as in 'a=1,b=2.5'`);
}

function parseOrigins(source: string, value: unknown): readonly string[] {
  const items = typeof value === "string" ? value.split(",").map((item) => item.trim()) : value;
  if (!Array.isArray(items) || !items.every((item) => typeof item === "string")) {
    throw new OptionError(`${source}: expected a list of origins`);
  }
  return items.filter(Boolean).map((item) => parseOrigin(source, item));
}

function parseOrigin(source: string, item: string): string {
  if (item === "*") throw new OptionError(`${source}: got '*', expected each origin by name, as https://a.example.org`);
  const origin = URL.canParse(item) ? new URL(item).origin : undefined;
  if (origin === item.toLowerCase() && /^https?:/.test(origin)) return origin;
  throw new OptionError(
    `${source}: got ${shown(item)}, expected an origin: scheme, host and port alone, as https://a.example.org`,
  );
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/** An address of a server, or an error: anything else would silently become the name of a folder. */
function parseDatabase(source: string, value: string): string {
  const example = "postgres://user:password@host/database";
  const scheme = SCHEME.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    throw new OptionError(`${source}: got no address of a server, expected ${example}: for a folder, set data instead`);
  }
  if (scheme !== "postgres" && scheme !== "postgresql") {
    throw new OptionError(`${source}: got an address of ${scheme}, expected ${example}: only PostgreSQL is supported`);
  }
  const address = value.replace(SCHEME, `${scheme}://`);
  if (!URL.canParse(address) || new URL(address).hash !== "") {
    throw new OptionError(
      `${source}: cannot be read as an address, expected ${example}: write special characters of the password as %XX`,
    );
  }
  return address;
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

function parseHost(source: string, value: string): string {
  if (isIP(value) !== 0) return value;
  if (HOST_NAME.test(value) && !/^[\d.]+$/.test(value)) return value;
  const hint = SCHEME.test(value)
    ? "the address alone, without scheme and port"
    : "an IP address or a name, as 127.0.0.1 or localhost";
  throw new OptionError(`${source}: got ${shown(value)}, expected ${hint}`);
}

/** A value in a message; shortened, and without what follows the first line. */
function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : `a ${value === null ? "null" : typeof value}`;
}
