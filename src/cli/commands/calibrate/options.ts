import { DEFAULT_FARS } from "../../../faces/people/names.ts";
import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { formatRate, jsonOption, recognitionOptions } from "../../options/shared.ts";
import { parseRates, parseShare } from "../../parse.ts";

export const options = defineOptions({
  far: {
    value: "rates",
    parse: parseRates,
    default: DEFAULT_FARS,
    otherwise: DEFAULT_FARS.map(formatRate).join(","),
    help: "false accept rates",
  },
  confidence: { value: "c", parse: parseShare, default: 0.95, help: "confidence of the intervals" },
  name: { value: "words", otherwise: "your own photographs", help: "what the photographs of one folder are" },
  from: {
    value: "calibration",
    help: "built-in, or a calibration file: update it with these photographs instead of starting anew",
    otherwise: "start anew",
  },
  out: {
    value: "file",
    otherwise: "MODEL.calibration.json, or a file in the user's data folder",
    help: "where to write the calibration",
  },
  ...recognitionOptions,
  cache: { isOn: true, help: "neither read nor write embeddings in the folder of photographs" },
  json: jsonOption(),
});

export type Flags = FlagsOf<typeof options>;
