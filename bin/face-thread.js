// The thread of `cosface serve` that runs the networks. As bin/cosface.js: source in a checkout, dist in the package.
import { existsSync } from "node:fs";

const source = new URL("../src/server/face-thread/thread.ts", import.meta.url);
if (existsSync(source)) {
  const { register } = await import("tsx/esm/api");
  register();
  await import(source.href);
} else {
  await import(new URL("../dist/server/face-thread/thread.js", import.meta.url).href);
}
