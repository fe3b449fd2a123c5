#!/usr/bin/env node
// In a checkout there is only TypeScript, run through tsx; in the published package there is only what `npm run build` made.
// The program's own help and version need neither.
import { existsSync } from "node:fs";

const words = process.argv.slice(2);
if (words.length <= 1 && [undefined, "help", "--help", "-h", "--version", "-V"].includes(words[0])) {
  const { describeProgram } = await import("./program.js");
  describeProgram().parse();
} else {
  const source = new URL("../src/cli/main.ts", import.meta.url);
  if (existsSync(source)) {
    const { register } = await import("tsx/esm/api");
    register();
    await import(source.href);
  } else {
    await import(new URL("../dist/cli/main.js", import.meta.url).href);
  }
}
