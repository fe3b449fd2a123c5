#!/usr/bin/env node
// The program. Its own help and version need neither TypeScript nor any command.
const words = process.argv.slice(2);
if (words.length <= 1 && [undefined, "help", "--help", "-h", "--version", "-V"].includes(words[0])) {
  const { describeProgram, welcome } = await import("./program.js");
  if (words.length === 0) process.stdout.write(welcome());
  else describeProgram().parse();
} else {
  const { sourceOrDist } = await import("./source-or-dist.js");
  await sourceOrDist("cli/main");
}
