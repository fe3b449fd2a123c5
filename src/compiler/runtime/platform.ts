/**
 * The engine of this platform. Every seam to the platform (engine, codec, threads, files) has such a `platform.ts`,
 * and the rest of its folder imports the implementation from there alone. A build for the browser replaces these
 * files: its bundler resolves `platform.ts` to `platform.browser.ts` beside it, and the `browser` field of a
 * published package does the same for `dist/`.
 *
 * Conditions under `imports` in package.json were not used: they name one file for each condition, so the same name
 * cannot lead to `src/*.ts` under tsx and vitest and to `dist/*.js` in the package.
 */
export { nodeEngine as engine } from "./node.ts";
