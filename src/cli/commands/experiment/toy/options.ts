import { TOY_MARGINS } from "../../../../training/experiments/names.ts";
import { defineOptions, type FlagsOf } from "../../../declaration.ts";
import { imageLimitOptions, jsonOption } from "../../../options/shared.ts";
import { parseCount, parseNumber, parseNumbers } from "../../../parse.ts";

export const options = defineOptions({
  out: { value: "folder", default: "experiment-toy", help: "folder for report.html, figures and toy.json" },
  data: {
    value: "path",
    otherwise: "synthetic people",
    help: "folder of faces or train.rec: its eight largest identities",
  },
  images: { value: "n", parse: parseCount, default: 50, help: "images of each identity, at most" },
  margins: {
    value: "list",
    parse: parseNumbers,
    default: TOY_MARGINS,
    otherwise: TOY_MARGINS.join(","),
    help: "margins of CosFace; the bound is 0.2929",
  },
  scale: { value: "s", parse: parseNumber, default: 64, help: "scale of CosFace" },
  seeds: { value: "n", parse: parseCount, default: 2, help: "runs of each loss, with seeds 1, 2, …" },
  iterations: { value: "n", parse: parseCount, default: 400, help: "steps of a run" },
  threads: { value: "n", parse: parseCount, otherwise: "all cores", help: "threads of the CPU" },
  ...imageLimitOptions,
  json: jsonOption("print JSON: the measurements of each loss"),
});

export type Flags = FlagsOf<typeof options>;
