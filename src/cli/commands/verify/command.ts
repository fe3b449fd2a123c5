import { defineCommand } from "../../declaration.ts";
import { options } from "./options.ts";

export const command = defineCommand({
  name: "verify",
  description: "Decide whether two photographs show the same person, at a false accept rate",
  arguments: [
    { name: "a", help: "photograph" },
    { name: "b", help: "photograph" },
  ],
  options,
  notes: `The score is a cosine from -1 to 1, not a probability. Without an answer (no face,
several faces, no threshold) the exit code is 2.`,
  exitCodes: { 0: "the same person", 1: "different people", 2: "an error" },
  examples: ["cosface verify passport.jpg camera.jpg", "cosface verify a.jpg b.jpg --far 1e-4 --json && echo same"],
  load: () => import("./run.ts"),
});
