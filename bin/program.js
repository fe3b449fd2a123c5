// The program as its help page shows it: what each command is for, without the commands. Plain JavaScript, so that
// `cosface --help` waits for no TypeScript and no command; src/cli/program.ts puts the commands in.
import { readFileSync } from "node:fs";
import { Command } from "commander";

/** In the order of the help page. */
export const descriptions = {
  quickstart: "Train softmax and CosFace on synthetic people, test both on unseen ones, and leave a model and a report",
  train: "Train a network on a folder of faces (one subfolder an identity) or an InsightFace record file",
  evaluate: "Score an embedder on LFW-style pairs of faces or photographs, or among distractors",
  detect: "Find the faces of pictures: boxes, scores and five landmarks",
  align: "Make a data set of aligned faces from a folder of photographs",
  embed: "Find the faces of pictures and give each its embedding",
  verify: "Tell whether two photographs show the same person, at a false accept rate",
  identify: "Tell who the people in photographs are, among those of a gallery, or that they are unknown",
  cluster: "Sort the faces of photographs into people, without knowing who or how many they are",
  calibrate: "Measure on your own photographs which threshold accepts which share of strangers, and keep it",
  experiment: "Repeat the paper's experiments, each with a report",
  serve: "Run the recognition service: people, their pictures, and who is on a picture, over HTTP",
  gallery: "Look after the people of a gallery: list, enroll a folder, merge, delete, export, import",
  keys: "Make, list and revoke the API keys of a gallery's service",
  backup: "Write a gallery into one file, with everything it has",
  restore: "Make a gallery of a backup, in a new folder or database",
  models: "List models, fetch them, and tell what they take and give, with their licences",
  networks: "List the networks there are, with what they cost",
  bounds: "Tell what scale s and margin m can be for a number of identities and an embedding size",
  boundaries: "Draw the decision boundaries of softmax, NSL, A-Softmax, CosFace and ArcFace for two classes",
  geometry: "Measure the class centers of a run: their angles, the margin reached, identities that collide",
  pack: "Pack a folder of faces into one InsightFace record file, which reads faster than many small files",
  unpack: "Unpack an InsightFace record file into a folder of faces, one subfolder an identity",
  doctor: "Tell what this machine offers for training, and what stands in the way",
};

/** The program; `loaded` takes the place of the command of its name. */
export function describeProgram(loaded) {
  const program = new Command("cosface")
    .description("Deep face recognition with large margin cosine loss: train, evaluate and export, on this machine")
    .version(version())
    .configureOutput({ outputError: (text, write) => write(`${inOneLine(text)} (see --help)\n`) });
  for (const [name, description] of Object.entries(descriptions)) {
    const command = loaded?.name() === name ? loaded : new Command(name);
    program.addCommand(command.description(description).copyInheritedSettings(program));
  }
  return program;
}

function version() {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}

/** Commander puts what the user may have meant on a line of its own. */
function inOneLine(text) {
  return text.trim().replace(/\s*\n\s*/g, " ");
}
