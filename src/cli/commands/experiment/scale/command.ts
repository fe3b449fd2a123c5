import { defineCommand } from "../../../declaration.ts";
import { sweepExamples } from "../sweep-options.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "scale",
  description: "CosFace with scales from far below to far above the bound of Eq. 6",
  options,
  examples: sweepExamples("scale"),
  load: () => import("./run.ts"),
});
