import { defineCommand } from "../../../declaration.ts";
import { sweepExamples } from "../sweep-options.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "losses",
  description: "The losses of the paper's Table 2, and ArcFace",
  options,
  examples: sweepExamples("losses"),
  load: () => import("./run.ts"),
});
