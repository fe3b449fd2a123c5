/**
 * What can be set of the service, and of the commands that look after its gallery, in one table: each by a flag, a variable
 * of the environment or a property of a file, in this order of precedence. docs/reference/settings.md is
 * generated from it.
 */
import { readFile } from "node:fs/promises";
import { OptionError } from "../../base/core/index.ts";

/** Severities of log lines, least first. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

type Kind = "text" | "count" | "list" | "level" | "numbers";

/** One thing that can be set. */
export type Setting = {
  readonly kind: Kind;
  /** Its variable of the environment. */
  readonly variable: string;
  readonly meaning: string;
  readonly default?: string | number | readonly string[];
};

/** All settings, by the names that they have in a file. A flag is the name with hyphens. */
export const settings = {
  data: {
    kind: "text",
    variable: "COSFACE_DATA",
    default: "cosface-data",
    meaning: "folder of the embedded database; made when missing",
  },
  databaseUrl: {
    kind: "text",
    variable: "DATABASE_URL",
    meaning: "PostgreSQL server with pgvector, `postgres://user:password@host/database`, in place of the folder",
  },
  encryptionKeyFile: {
    kind: "text",
    variable: "COSFACE_ENCRYPTION_KEY_FILE",
    meaning: "file of keys that seal embeddings and pictures, one a line in 64 hexadecimal digits, the newest first",
  },
  host: {
    kind: "text",
    variable: "COSFACE_HOST",
    default: "127.0.0.1",
    meaning: "address to listen at; `0.0.0.0` for all of the machine's",
  },
  port: { kind: "count", variable: "COSFACE_PORT", default: 8000, meaning: "port to listen at; 0 for any free one" },
  model: {
    kind: "text",
    variable: "COSFACE_MODEL",
    default: "default",
    meaning: "ONNX file of the embedder, or `default`",
  },
  detector: {
    kind: "text",
    variable: "COSFACE_DETECTOR",
    default: "default",
    meaning: "ONNX file of the face detector, or `default`",
  },
  threads: {
    kind: "count",
    variable: "COSFACE_THREADS",
    default: 0,
    meaning: "threads of the networks; 0 for all cores",
  },
  maxPending: {
    kind: "count",
    variable: "COSFACE_MAX_PENDING",
    default: 32,
    meaning: "requests that are worked on at once; more wait half a second for a place, and are then answered 503",
  },
  maxBody: {
    kind: "count",
    variable: "COSFACE_MAX_BODY",
    default: 20 * 2 ** 20,
    meaning: "bytes of a request's body; larger ones are answered 413",
  },
  maxPixels: {
    kind: "count",
    variable: "COSFACE_MAX_PIXELS",
    default: 50_000_000,
    meaning: "pixels of a picture; larger ones are refused by their header",
  },
  rateLimit: {
    kind: "count",
    variable: "COSFACE_RATE_LIMIT",
    default: 1200,
    meaning: "requests from one address in a minute; more are answered 429",
  },
  quality: {
    kind: "numbers",
    variable: "COSFACE_QUALITY",
    meaning:
      "limits of the faces that are enrolled, in place of the default ones: `minimumEyeDistance=40,maximumYaw=30`",
  },
  expireMinutes: {
    kind: "count",
    variable: "COSFACE_EXPIRE_MINUTES",
    default: 10,
    meaning: "minutes between deletions of people whose time has come; 0 to leave it to `cosface gallery expire`",
  },
  auditDays: {
    kind: "count",
    variable: "COSFACE_AUDIT_DAYS",
    default: 0,
    meaning: "days that entries of the audit trail are kept; 0 to keep them all",
  },
  corsOrigins: {
    kind: "list",
    variable: "COSFACE_CORS_ORIGINS",
    default: [],
    meaning: "origins of other sites whose pages may use the service, with commas",
  },
  logLevel: {
    kind: "level",
    variable: "COSFACE_LOG_LEVEL",
    default: "info",
    meaning: "least severe log lines that are written: trace, debug, info, warn, error, fatal or silent",
  },
} as const satisfies Readonly<Record<string, Setting>>;

type Value<K extends Kind> = {
  readonly text: string;
  readonly count: number;
  readonly list: readonly string[];
  readonly level: LogLevel;
  readonly numbers: Readonly<Record<string, number>>;
}[K];

/** Name of a setting. */
export type SettingName = keyof typeof settings;

/** Names of all settings, in the order of the table. */
export const settingNames = Object.keys(settings) as readonly SettingName[];

type Optional = "databaseUrl" | "encryptionKeyFile" | "quality";

/** The settings of a service. */
export type Settings = {
  readonly [Name in Exclude<SettingName, Optional>]: Value<(typeof settings)[Name]["kind"]>;
} & { readonly [Name in Optional]?: Value<(typeof settings)[Name]["kind"]> };

/** "maxBody" → "--max-body". */
export function settingFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Where settings come from. */
export type SettingSources = {
  /** Words of the command line, by setting. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A JSON file. */
  readonly file?: string;
};

/** @throws {OptionError} that names the source when a value is not what its setting takes, or a name is unknown. */
export async function readSettings({ flags, environment, file }: SettingSources): Promise<Settings> {
  const inFile = file === undefined ? {} : await readSettingsFile(file);
  const all = Object.entries(settings).map(([name, setting]: [string, Setting]) => {
    const flag = flags[name];
    if (flag !== undefined) return [name, parse(settingFlag(name), setting.kind, flag)];
    const variable = environment[setting.variable];
    if (variable !== undefined) return [name, parse(setting.variable, setting.kind, variable)];
    if (name in inFile) return [name, parse(`${file}: ${name}`, setting.kind, inFile[name])];
    return [name, setting.default];
  });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as Settings;
}

async function readSettingsFile(file: string): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new OptionError(`${file}: cannot be read as JSON`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OptionError(`${file}: expected a JSON object of settings`);
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(settings, name));
  if (unknown !== undefined) {
    throw new OptionError(`${file}: got '${unknown}', expected one of ${Object.keys(settings).join(", ")}`);
  }
  return value as Record<string, unknown>;
}

function parse(source: string, kind: Kind, value: unknown): Value<Kind> {
  if (kind === "list") {
    const items = typeof value === "string" ? value.split(",").map((item) => item.trim()) : value;
    if (Array.isArray(items) && items.every((item) => typeof item === "string")) return items.filter(Boolean);
    throw new OptionError(`${source}: expected a list of words`);
  }
  if (kind === "numbers") return parseNumbers(source, value);
  if (kind === "count") {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
    throw new OptionError(`${source}: got ${JSON.stringify(value)}, expected a whole number of at least 0`);
  }
  if (typeof value !== "string" || value === "") throw new OptionError(`${source}: expected a text`);
  if (kind === "level" && !(logLevels as readonly string[]).includes(value)) {
    throw new OptionError(`${source}: got '${value}', expected one of ${logLevels.join(", ")}`);
  }
  return value;
}

/** "a=1,b=2.5", or an object of numbers in a file. */
function parseNumbers(source: string, value: unknown): Readonly<Record<string, number>> {
  const entries =
    typeof value === "string"
      ? value.split(",").map((item): [string, unknown] => {
          const [name = "", number] = item.split("=").map((part) => part.trim());
          return [name, number ? Number(number) : undefined];
        })
      : Object.entries(value ?? {});
  const areNumbers = entries.every(([name, number]) => name !== "" && Number.isFinite(number));
  if (areNumbers && !Array.isArray(value)) return Object.fromEntries(entries) as Record<string, number>;
  throw new OptionError(`${source}: expected names and numbers, as in 'a=1,b=2.5'`);
}
