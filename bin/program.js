// The program as its help page shows it: the purpose of each command, without the commands. Plain JavaScript and a file
// that the declarations of the commands write (npm run docs:reference), so that `cosface --help` loads no TypeScript.
import { readFileSync } from "node:fs";
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

function read(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}
