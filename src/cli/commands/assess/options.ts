import { DEFAULT_FAR } from "../../../faces/people/names.ts";
import { defineOptions, type FlagsOf } from "../../declaration.ts";
import { formatRate, jsonOption, recognitionOptions } from "../../options/shared.ts";
import { parsePositiveCount, parseRate, parseShare } from "../../parse.ts";

export const options = defineOptions({
  far: {
    value: "rate",
    parse: parseRate,
    default: DEFAULT_FAR,
    otherwise: formatRate(DEFAULT_FAR),
    help: "false accept rate of a comparison to give the threshold for",
  },
  fpir: {
    value: "rate",
    parse: parseRate,
    default: 0.01,
    otherwise: formatRate(0.01),
    help: "share of searches for unknown people that may name somebody, to give the threshold for",
  },
  gallerySize: {
    value: "n",
    parse: parsePositiveCount,
    otherwise: "as many as there are",
    help: "people in the gallery, for --fpir",
  },
  groups: { value: "file", help: "CSV file of groups: person,group, or a column for each attribute" },
  confidence: { value: "c", parse: parseShare, default: 0.95, help: "confidence of the intervals" },
  repeats: {
    value: "n",
    parse: parsePositiveCount,
    default: 10,
    help: "draws of enrolled and unknown people",
  },
  seed: { value: "n", parse: parsePositiveCount, default: 1, help: "seed of what is drawn at random" },
  out: { value: "file", default: "assessment.html", help: "where to write the report; its numbers go beside it" },
  images: { isOn: true, help: "leave out the images of hard cases" },
  names: { help: "name people and files in the report, which otherwise have numbers" },
  ...recognitionOptions,
  keepEmbeddings: {
    isOn: true,
    help: "neither use embeddings that were kept in the user's cache folder, nor keep any",
  },
  json: jsonOption("print the numbers as JSON"),
});

export type Flags = FlagsOf<typeof options>;
