/** The JSON file beside a model of somebody else, which states its preprocessing: `arcface.json` for `arcface.onnx`. */

import { describeValue, ModelError } from "../../base/core/index.ts";
import { readText } from "../../base/files/index.ts";
import { type ContractOverrides, parseOverrides } from "./contract.ts";

/** Preprocessing and licence of a model, as far as the sidecar states them. */
export type Sidecar = { readonly overrides: ContractOverrides; readonly license?: string };

const KEYS = ["channels", "mean", "std", "flip", "template", "output", "license"];

/** Path of the JSON file of a model: `arcface.json` for `arcface.onnx`. */
export function sidecarFile(modelPath: string): string {
  return modelPath.replace(/(\.onnx)?$/i, ".json");
}

/**
 * Reads the JSON file beside a model, with any of `channels`, `mean`, `std`, `flip`, `template`, `output` and
 * `license`: `{ "channels": "rgb", "mean": 127.5, "std": 127.5 }`. A missing file states nothing. A model that is
 * fetched by HTTP has no such file.
 *
 * @throws {ModelError} for a file that is not such an object: a misspelled key would otherwise be ignored silently.
 */
export async function readSidecar(modelPath: string): Promise<Sidecar> {
  if (/^https?:/i.test(modelPath)) return { overrides: {} };
  const path = sidecarFile(modelPath);
  const name = path.replace(/^.*[/\\]/, "");
  let text: string;
  try {
    text = await readText(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return { overrides: {} };
    throw new ModelError(`${name}: cannot be read: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
  const given = parseObject(name, text);
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw new ModelError(`${name}: got key '${unknown}', expected ${KEYS.join(", ")}`);
  const { license, ...rest } = given;
  const overrides = parseOverrides(name, rest);
  if (license === undefined) return { overrides };
  if (typeof license === "string") return { overrides, license };
  throw new ModelError(`${name}: got ${describeValue(license)} as license, expected a text such as "MIT"`);
}

function parseObject(name: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${name}: got text that is not JSON`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ModelError(`${name}: expected an object such as { "channels": "rgb", "mean": 127.5, "std": 127.5 }`);
}
