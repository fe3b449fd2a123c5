/** What a JSON file beside a model says about it, for models of others: `arcface.onnx` and `arcface.json`. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { ModelError } from "../../base/core/index.ts";
import { type ContractOverrides, parseOverrides } from "./contract.ts";

/** Preprocessing and licence of a model, as far as the sidecar gives them. */
export type Sidecar = { readonly overrides: ContractOverrides; readonly license?: string };

const KEYS = ["channels", "mean", "std", "flip", "template", "license"];

/** Where the JSON file of a model lies: `arcface.json` for `arcface.onnx`. */
export function sidecarFile(modelPath: string): string {
  return modelPath.replace(/(\.onnx)?$/i, ".json");
}

/**
 * Reads the JSON file beside a model, with any of `channels`, `mean`, `std`, `flip`, `template` and `license`:
 * `{ "channels": "rgb", "mean": 127.5, "std": 127.5 }`. Where there is none, nothing is said.
 *
 * @throws {ModelError} for a file that is no such object: a misspelled key would otherwise change nothing, in silence.
 */
export async function readSidecar(modelPath: string): Promise<Sidecar> {
  const path = sidecarFile(modelPath);
  const name = basename(path);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return { overrides: {} };
    throw new ModelError(`${name}: cannot be read: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
  const given = parseObject(name, text);
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw new ModelError(`${name}: got key '${unknown}', expected ${KEYS.join(", ")}`);
  const { license } = given;
  return { overrides: parseOverrides(name, given), ...(license === undefined ? {} : { license: String(license) }) };
}

function parseObject(name: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${name}: is no JSON`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ModelError(
    `${name}: got no object, expected one such as { "channels": "rgb", "mean": 127.5, "std": 127.5 }`,
  );
}
