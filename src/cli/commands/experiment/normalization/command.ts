import { defineCommand } from "../../../declaration.ts";
import { sweepExamples } from "../sweep-options.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "normalization",
  description: "CosFace with and without feature normalization (Table 1)",
  options,
  examples: sweepExamples("normalization"),
  load: () => import("./run.ts"),
});
