// The thread of the embedded database. As bin/cosface.js: source in a checkout, dist in the package.
import { existsSync } from "node:fs";

const source = new URL("../src/gallery/engines/pglite-thread.ts", import.meta.url);
if (existsSync(source)) {
  const { register } = await import("tsx/esm/api");
  register();
  await import(source.href);
} else {
  await import(new URL("../dist/gallery/engines/pglite-thread.js", import.meta.url).href);
}
