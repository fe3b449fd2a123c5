/** Where the command line starts: loads the commands, runs the one that is asked for, and turns every error into words. */
import { fail } from "./output.ts";

// A reader that has seen enough, such as `head`, closes the pipe: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  fail(error);
});

try {
  const { createProgram } = await import("./program.ts");
  // `cosface help train` is `cosface train --help`.
  const [first, second] = process.argv.slice(2);
  const program = await createProgram(first === "help" ? second : first).catch(explainLoadError);
  await program.parseAsync();
} catch (error) {
  fail(error);
}

/** A native package that is missing, or made for another machine, fails while it is loaded, before any command runs. */
function explainLoadError(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const isNative =
    code === "ERR_DLOPEN_FAILED" || /^(?:Could not load the "sharp"|Cannot find (?:module|package))/.test(message);
  if (!isNative) throw error;
  const machine = `Node ${process.version} on ${process.platform}-${process.arch}`;
  process.stderr.write(
    `error: a package cannot be loaded (${message.split("\n")[0]}) by ${machine}: run npm ci again\n`,
  );
  process.exit(1);
}
