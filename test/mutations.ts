/**
 * Damaged and hostile files, as many as wanted, from a seed: good files, cut off, flipped in single bits, overwritten,
 * spliced, or damaged in ways of their format. Tests of readers share this; `COSFACE_MUTATIONS=10000` tries that many.
 */
import { type Random, random } from "../src/base/core/index.ts";

/** A file, how it was damaged, and the format of the good file that it was made of. */
export type MutatedFile = { readonly what: string; readonly bytes: Uint8Array; readonly format?: string };

/** A file that the reader accepts. */
export type GoodFile = { readonly format: string; readonly bytes: Uint8Array };

/** A way to damage a file; it may change `bytes` in place. `files` are all good files, to take parts of. */
export type Mutation = (bytes: Uint8Array, stream: Random, files: readonly GoodFile[]) => Uint8Array;

/** The files number 0, 1, … of a seed: those of `odd` first, then damaged ones. `name` names the random stream. */
export function mutatedFiles(
  name: string,
  seed: number,
  files: readonly GoodFile[],
  { odd = [], mutations = byteMutations }: { odd?: readonly MutatedFile[]; mutations?: typeof byteMutations } = {},
): (index: number) => MutatedFile {
  const ways = Object.entries(mutations);
  return (index) => {
    const given = odd[index];
    if (given !== undefined) return given;
    const stream = random(seed, name, index);
    const file = files[stream.integer(files.length)]!;
    const [way, mutate] = ways[stream.integer(ways.length)]!;
    const bytes = mutate(Uint8Array.from(file.bytes), stream, files);
    return { what: `file ${index}, ${file.format}, ${way}`, bytes, format: file.format };
  };
}

/** Ways to damage any file. */
export const byteMutations: Readonly<Record<string, Mutation>> = {
  "cut off": (bytes, stream) => bytes.subarray(0, stream.integer(bytes.length)),
  "bits flipped": (bytes, stream) => {
    for (let left = 1 + stream.integer(8); left > 0; left--) {
      bytes[stream.integer(bytes.length)]! ^= 1 << stream.integer(8);
    }
    return bytes;
  },
  "header damaged": (bytes, stream) => {
    const end = Math.min(64, bytes.length);
    for (let left = 1 + stream.integer(4); left > 0; left--) bytes[4 + stream.integer(end - 4)] = stream.integer(256);
    return bytes;
  },
  "a run overwritten": (bytes, stream) => {
    const start = stream.integer(bytes.length);
    return bytes.fill([0, 255, stream.integer(256)][stream.integer(3)]!, start, start + 1 + stream.integer(64));
  },
  "numbers made extreme": (bytes, stream) => {
    const view = new DataView(bytes.buffer);
    for (let left = 1 + stream.integer(3); left > 0; left--) {
      const value = [0, 1, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 30_000][stream.integer(7)]!;
      const at = stream.integer(Math.min(128, bytes.length - 4));
      if (stream.integer(2) === 0) view.setUint32(at, value, stream.integer(2) === 0);
      else view.setUint16(at, value & 0xffff, stream.integer(2) === 0);
    }
    return bytes;
  },
  "bytes inserted": (bytes, stream) => {
    const at = stream.integer(bytes.length);
    const inserted = Uint8Array.from({ length: 1 + stream.integer(40) }, () => stream.integer(256));
    return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
  },
  "bytes taken out": (bytes, stream) => {
    const at = stream.integer(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + stream.integer(40))]);
  },
  "spliced with another": (bytes, stream, files) => {
    const other = files[stream.integer(files.length)]!.bytes;
    return Buffer.concat([
      bytes.subarray(0, stream.integer(bytes.length)),
      other.subarray(stream.integer(other.length)),
    ]);
  },
  "another format's first bytes": (bytes, stream, files) => {
    const length = Math.min(bytes.length, 4 + stream.integer(12));
    bytes.set(files[stream.integer(files.length)]!.bytes.subarray(0, length));
    return bytes;
  },
  noise: (bytes, stream) => {
    for (let i = 4 + stream.integer(16); i < bytes.length; i++) bytes[i] = stream.integer(256);
    return bytes;
  },
};

/** Ways to damage a file of JSON: those of any file, and changes after which it is still JSON. */
export const jsonMutations: Readonly<Record<string, Mutation>> = {
  ...byteMutations,
  "a value replaced": changeJson((object, key, stream) => {
    object[key] = JSON_VALUES[stream.integer(JSON_VALUES.length)];
  }),
  "a value taken out": changeJson((object, key) => {
    if (Array.isArray(object)) object.splice(Number(key), 1);
    else delete object[key];
  }),
  "a key added": changeJson((object, _key, stream) => {
    const name = JSON_KEYS[stream.integer(JSON_KEYS.length)] ?? "";
    if (!Array.isArray(object)) Object.defineProperty(object, name, { value: 1, enumerable: true });
  }),
  "a value doubled": changeJson((object, key) => {
    if (Array.isArray(object)) object.push(object[key]);
  }),
  "a digit changed": (bytes, stream) => {
    const digits = [...bytes.keys()].filter((at) => bytes[at]! >= 48 && bytes[at]! <= 57);
    const at = digits[stream.integer(Math.max(1, digits.length))];
    if (at !== undefined) bytes[at] = 48 + stream.integer(10);
    return bytes;
  },
};

const JSON_VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 0.5, 2, 1e308, 2 ** 53, "", "x", "NaN", "AAAA", [], {}, [[]], { x: null }],
  ...["\ud800", "n".repeat(5000)],
];
const JSON_KEYS = ["__proto__", "constructor", "toString", "", "length", "0", "sha256", "x"];

/** Changes one member of an object or array anywhere in a file of JSON, or one of its lines. */
function changeJson(change: (object: JsonObject, key: string, stream: Random) => void): Mutation {
  return (bytes, stream) => {
    const lines = new TextDecoder().decode(bytes).split(/\n(?=[{[])/);
    const line = stream.integer(lines.length);
    const value: unknown = JSON.parse(lines[line] ?? "");
    const members = membersOf(value);
    const [object, key] = members[stream.integer(Math.max(1, members.length))] ?? [];
    if (object !== undefined && key !== undefined) change(object, key, stream);
    return new TextEncoder().encode(lines.with(line, JSON.stringify(value)).join("\n"));
  };
}

type JsonObject = { [key: string]: unknown };

function membersOf(value: unknown): (readonly [JsonObject, string])[] {
  if (typeof value !== "object" || value === null) return [];
  const object = value as JsonObject;
  return Object.entries(object).flatMap(([key, member]) => [[object, key] as const, ...membersOf(member)]);
}
