// The program as its help page shows it: the purpose of each command, without the commands. Plain JavaScript and a file
// that the declarations of the commands write (npm run docs:reference), so that `cosface --help` loads no TypeScript.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";

/** The program; `loaded` replaces the command of its name. */
export function describeProgram(loaded) {
  const program = new Command("cosface")
    .description("Deep face recognition with large margin cosine loss: train, evaluate, recognize and serve")
    .version(read("../package.json").version);
  for (const [name, description] of Object.entries(read("./commands.json"))) {
    program.addCommand(loaded?.name() === name ? loaded : new Command(name).description(description));
  }
  return program;
}

/** What `cosface` alone prints: the help page, and on a machine without a gallery what to do first. */
export function welcome() {
  const help = describeProgram().helpInformation();
  const { COSFACE_DATA = DEFAULT_DATA, DATABASE_URL } = process.env;
  return DATABASE_URL !== undefined || existsSync(join(COSFACE_DATA, "gallery")) ? help : `${help}\n${FIRST_STEPS}`;
}

/** Folder of the gallery, as src/service/settings names it; a test keeps the two equal. */
const DEFAULT_DATA = "cosface-data";

const FIRST_STEPS = `First steps (there is no gallery in this folder yet):
  cosface verify a.jpg b.jpg                     compare the faces of two photographs
  cosface identify party.jpg --gallery people/   name faces; people/ has a folder of photographs for each person
  cosface gallery enroll staff people/           keep these people in a gallery, in ${DEFAULT_DATA}
  cosface serve                                  the service and its page over that gallery
  cosface quickstart                             train a network on synthetic people, in a few minutes
`;

function read(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}
