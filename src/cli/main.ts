/** The start of the command line: loads the command, runs it, and turns every error into one line. */
import { fail } from "./fail.ts";

// A reader that has seen enough, such as `head`, closes the pipe: that is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  fail(error);
});

try {
  const { createProgram } = await import("./program.ts");
  // `cosface help train` is `cosface train --help`.
  const [first, second] = process.argv.slice(2);
  const program = await createProgram(first === "help" ? second : first);
  await program.parseAsync();
} catch (error) {
  fail(error);
}
