import { settingsOf } from "../../options/settings.ts";
import { note, print } from "../../output.ts";
import type { Flags } from "./options.ts";

/**
 * Longest time from a signal to the end, while the service starts and while it runs. The database survives an end
 * without a close, as it survives a crash.
 */
const [STARTING_MILLISECONDS, RUNNING_MILLISECONDS] = [1000, 4500];

export async function run({ json, ...flags }: Flags): Promise<void> {
  let patience = STARTING_MILLISECONDS;
  const isAsked = firstSignal().then((signal) => {
    note(`${signal}: stopping`);
    setTimeout(() => process.exit(0), patience).unref();
  });
  // Loading takes a while, as does the start: the handler of signals comes first.
  const { serve } = await import("../../../service/server/index.ts");
  const service = await serve(await settingsOf(flags));
  patience = RUNNING_MILLISECONDS;
  const { apiKey, signInUrl, url } = service;
  // Also if a signal has come already: the key is printed only here.
  if (json) print(JSON.stringify({ url, apiKey }));
  else {
    print(
      `cosface is ready at ${url}`,
      ...(signInUrl === undefined ? [] : [`Open it signed in, once and on this machine: ${signInUrl}`]),
      ...(apiKey === undefined ? [] : [`API key, shown this once: ${apiKey}`]),
    );
  }
  await isAsked;
  await service.close();
  process.exit(0);
}

function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"]) process.once(name, resolve);
  });
}
