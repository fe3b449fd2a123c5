import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "bounds",
  description: "Compute the bounds of scale s and margin m for a number of identities and an embedding size",
  options,
  notes: `Formulas:
  s ≥ (C−1)/C · ln((C−1)P / (1−P))  Eq. 6: necessary; sufficient only if C ≤ K+1
  m ≤ 1 − max cos(w_i, w_j)         Eq. 7, for the best arrangement of centers
A bound is tight if some arrangement of the class centers w reaches it.`,
  examples: [
    "cosface bounds --identities 10575 --dimension 512 --margin 0.35 --scale 64",
    "cosface bounds --identities 8 --dimension 2 --posterior 0.99 --json",
  ],
  load: () => import("./run.ts"),
});
