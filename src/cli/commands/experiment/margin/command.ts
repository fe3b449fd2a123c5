import { defineCommand } from "../../../declaration.ts";
import { sweepExamples } from "../sweep-options.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "margin",
  description: "CosFace with margins from 0 to far beyond the paper's 0.35",
  options,
  examples: sweepExamples("margin"),
  load: () => import("./run.ts"),
});
