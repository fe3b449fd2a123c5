import {
  fusionRules,
  type InputName,
  type ProtocolInput,
  type ProtocolName,
  protocolInputs,
  protocolNames,
  protocolsThatTake,
} from "../../../faces/benchmarks/names.ts";
import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { contractOptions, imageLimitOptions, jsonOption, sessionOptions } from "../../options/shared.ts";
import { parsePositive, parsePositiveCount } from "../../parse.ts";

/** The keys of what protocols take: each is an option. */
export const inputKeys = Object.keys(protocolInputs) as readonly InputName[];

type InputOptions = {
  readonly [Input in InputName]: {
    readonly help: string;
    readonly needs: Readonly<Record<string, readonly string[]>>;
  } & {
    readonly path: { readonly value: string };
    readonly count: { readonly value: string; readonly parse: (text: string) => number };
    readonly switch: unknown;
    readonly choice: Pick<(typeof protocolInputs)[Input] & { readonly choices: readonly string[] }, "choices"> & {
      readonly value: string;
    };
  }[(typeof protocolInputs)[Input]["type"]];
};

/** An option for each input, which has no effect with protocols that do not take it. */
const inputOptions = Object.fromEntries(
  inputKeys.map((key) => [key, optionOf(protocolInputs[key], protocolsThatTake(key))]),
) as InputOptions;

function optionOf({ type, ...described }: ProtocolInput, takers: readonly ProtocolName[]) {
  const needs = takers.length === protocolNames.length ? {} : { protocol: takers };
  return { ...described, needs, ...(type === "count" ? { parse: parsePositiveCount } : {}) };
}

export const options = defineOptions({
  protocol: {
    value: "name",
    choices: protocolNames,
    default: "lfw",
    help: "the benchmark; docs/reference/protocols.md says what each takes and measures",
  },
  ...inputOptions,
  detector: {
    value: "model",
    needs: { align: true },
    otherwise: "default",
    help: "default, a pulled model, or the ONNX file of a detector",
  },
  smallestFace: {
    value: "pixels",
    parse: parsePositive,
    needs: { align: true },
    otherwise: "32, more in very large images",
    help: "height of the smallest face to look for",
  },
  fuse: {
    value: "rule",
    choices: fusionRules,
    otherwise: "concat",
    help: "how the embeddings of several models make one",
  },
  keepEmbeddings: {
    isOn: true,
    help: "neither use embeddings that were kept in the user's cache folder, nor keep any",
  },
  ...contractOptions,
  ...sessionOptions,
  ...imageLimitOptions,
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
