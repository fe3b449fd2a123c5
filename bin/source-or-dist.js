// In a checkout there is only TypeScript, run through tsx; in the published package there is only what `npm run build`
// made.
import { existsSync } from "node:fs";

/** The module of `src/<path>.ts`, or of `dist/<path>.js` where there is no source. */
export async function sourceOrDist(path) {
  const source = new URL(`../src/${path}.ts`, import.meta.url);
  if (!existsSync(source)) return import(new URL(`../dist/${path}.js`, import.meta.url).href);
  const { register } = await import("tsx/esm/api");
  register();
  return import(source.href);
}
