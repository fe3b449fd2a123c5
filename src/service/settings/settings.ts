/**
 * The settings of the service, and of the commands over its gallery, as data. Each is set by a flag, an environment
 * variable or a property of a file, in this order of precedence; docs/reference/settings.md is generated from it. A
 * value that can never take effect is refused by the name of its source, so that no service runs on anything but what
 * was meant.
 */
import { readFile } from "node:fs/promises";
import { OptionError, similarName } from "../../base/core/index.ts";
import { parseSetting, type SettingKind, type SettingValue } from "./parse-setting.ts";

/** One setting. */
export type Setting = {
  readonly kind: SettingKind;
  /** Its environment variable. */
  readonly variable: string;
  readonly meaning: string;
  readonly default?: string | number | readonly string[];
  /** Range of a count; default 0 to 2⁵³ − 1. */
  readonly minimum?: number;
  readonly maximum?: number;
};

/** All settings, by their names in a file. A flag is the name with hyphens. */
export const settings = {
  data: {
    kind: "text",
    variable: "COSFACE_DATA",
    default: "cosface-data",
    meaning: "folder of the embedded database; created when missing",
  },
  databaseUrl: {
    kind: "database",
    variable: "DATABASE_URL",
    meaning: "PostgreSQL server with pgvector, `postgres://user:password@host/database`, instead of the folder",
  },
  encryptionKeyFile: {
    kind: "text",
    variable: "COSFACE_ENCRYPTION_KEY_FILE",
    meaning:
      "file of keys that encrypt embeddings and thumbnails, one a line in 64 hexadecimal digits, the newest first",
  },
  host: {
    kind: "host",
    variable: "COSFACE_HOST",
    default: "127.0.0.1",
    meaning: "address to listen at; `0.0.0.0` for all addresses of the machine",
  },
  port: {
    kind: "count",
    variable: "COSFACE_PORT",
    default: 8000,
    maximum: 65_535,
    meaning: "port to listen at; 0 for any free one",
  },
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
    maximum: 1024,
    meaning: "threads of the networks; 0 for all cores",
  },
  maxPending: {
    kind: "count",
    variable: "COSFACE_MAX_PENDING",
    default: 32,
    minimum: 1,
    maximum: 100_000,
    meaning: "requests that are processed at once; further ones wait half a second, then get 503",
  },
  maxBody: {
    kind: "count",
    variable: "COSFACE_MAX_BODY",
    default: 20 * 2 ** 20,
    minimum: 1,
    maximum: 2 ** 30,
    meaning: "bytes of a request's body; larger ones get 413",
  },
  maxPixels: {
    kind: "count",
    variable: "COSFACE_MAX_PIXELS",
    default: 50_000_000,
    minimum: 1,
    maximum: 2 ** 30,
    meaning: "pixels of an image; larger ones are refused by their header",
  },
  maxSide: {
    kind: "count",
    variable: "COSFACE_MAX_SIDE",
    default: 65_535,
    minimum: 1,
    maximum: 2 ** 30,
    meaning: "pixels of an image's longer side",
  },
  maxAspect: {
    kind: "count",
    variable: "COSFACE_MAX_ASPECT",
    default: 1000,
    minimum: 1,
    maximum: 2 ** 30,
    meaning: "times that an image's longer side may be the shorter one",
  },
  maxSeconds: {
    kind: "count",
    variable: "COSFACE_MAX_SECONDS",
    default: 30,
    minimum: 1,
    maximum: 86_400,
    meaning: "seconds that decoding an image may take; longer ones are refused by their header, or ended",
  },
  rateLimit: {
    kind: "count",
    variable: "COSFACE_RATE_LIMIT",
    default: 1200,
    minimum: 1,
    meaning: "requests from one address in a minute; further ones get 429",
  },
  quality: {
    kind: "numbers",
    variable: "COSFACE_QUALITY",
    meaning:
      "limits of the faces that are enrolled, instead of the default ones: `minimumEyeDistance=40,maximumYaw=30`",
  },
  expireMinutes: {
    kind: "count",
    variable: "COSFACE_EXPIRE_MINUTES",
    default: 10,
    maximum: 525_600,
    meaning: "minutes between deletions of expired people; 0 to leave them to `cosface gallery expire`",
  },
  auditDays: {
    kind: "count",
    variable: "COSFACE_AUDIT_DAYS",
    default: 0,
    maximum: 36_500,
    meaning: "days that entries of the audit trail are kept; 0 to keep them all",
  },
  corsOrigins: {
    kind: "origins",
    variable: "COSFACE_CORS_ORIGINS",
    default: [],
    meaning: "origins of other sites whose pages may use the service, with commas: `https://intranet.example.org`",
  },
  logLevel: {
    kind: "level",
    variable: "COSFACE_LOG_LEVEL",
    default: "info",
    meaning: "least severe log lines that are written: trace, debug, info, warn, error, fatal or silent",
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** Name of a setting. */
export type SettingName = keyof typeof settings;

/** Names of all settings, in the order of the table. */
export const settingNames = Object.keys(settings) as readonly SettingName[];

type Optional = "databaseUrl" | "encryptionKeyFile" | "quality";

/** The settings of a service. */
export type Settings = {
  readonly [Name in Exclude<SettingName, Optional>]: SettingValue<(typeof settings)[Name]["kind"]>;
} & { readonly [Name in Optional]?: SettingValue<(typeof settings)[Name]["kind"]> };

/** The limits on what one image may cost. */
export const imageLimitNames = ["maxPixels", "maxSide", "maxAspect", "maxSeconds"] as const;

/** "maxBody" → "--max-body". */
export function settingFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Where settings come from. */
export type SettingSources = {
  /** Values of the command line, by setting. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Path of a JSON file. */
  readonly file?: string;
};

/**
 * Reads all settings.
 *
 * @throws {OptionError} naming the source when a value is not one of its setting, a name is unknown, or a variable
 *   looks like a misspelled one.
 */
export async function readSettings({ flags, environment, file }: SettingSources): Promise<Settings> {
  const inFile = file === undefined ? {} : await readSettingsFile(file);
  requireKnownVariables(environment);
  const all = Object.entries(settings).map(([name, setting]: [string, Setting]) => {
    const flag = flags[name];
    if (flag !== undefined) return [name, parseSetting(settingFlag(name), setting, flag)];
    const variable = environment[setting.variable];
    if (variable !== undefined) return [name, parseSetting(setting.variable, setting, variable)];
    if (Object.hasOwn(inFile, name)) return [name, parseSetting(`${file}: ${name}`, setting, inFile[name])];
    return [name, setting.default];
  });
  const read = Object.fromEntries(all.filter(([, value]) => value !== undefined)) as Settings;
  if (flags.data !== undefined && flags.databaseUrl === undefined && read.databaseUrl !== undefined) {
    const other = environment.DATABASE_URL === undefined ? `${file}: databaseUrl` : settings.databaseUrl.variable;
    throw new OptionError(
      `--data: got a folder, but ${other} names a server, which would be used: leave one of them out`,
    );
  }
  return read;
}

/** Our variables begin so; others with the same beginning are for tests and tools. */
const OWN_VARIABLE = /^COSFACE_/;

function requireKnownVariables(environment: SettingSources["environment"]): void {
  const known = Object.values(settings).map(({ variable }) => variable);
  for (const name of Object.keys(environment)) {
    if (!OWN_VARIABLE.test(name) || known.some((one) => one === name)) continue;
    const meant = similarName(name, known);
    if (meant !== undefined) throw new OptionError(`${name}: no setting has this variable: is ${meant} meant?`);
  }
}

async function readSettingsFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new OptionError(`${file}: cannot be read: ${cause.code}`, { cause });
  });
  const value = parseJson(file, text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OptionError(`${file}: expected a JSON object of settings`);
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(settings, name));
  if (unknown !== undefined) {
    const meant = similarName(unknown, settingNames);
    const expected = meant === undefined ? `expected one of ${settingNames.join(", ")}` : `is '${meant}' meant?`;
    throw new OptionError(`${file}: got the unknown setting '${unknown.slice(0, 40)}', ${expected}`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold a password.
    throw new OptionError(`${file}: cannot be read as JSON`);
  }
}
