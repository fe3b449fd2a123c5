/**
 * `npm run build`: dist/ and web/dist/ from nothing, so that the package has no file of an earlier state.
 *
 * The last file written is dist/.npmignore. The checkout's .npmignore is a link to it: npm reads that file whenever it
 * packs, so `npm pack` and `npm publish` fail where no build has finished, rather than give a package without code.
 */
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entries } from "../api/declarations.ts";
import { keepPublicDeclarations } from "./public-declarations.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const DIST = join(ROOT, "dist");

const run = (program: string, ...words: readonly string[]) =>
  execFileSync(process.execPath, [join(ROOT, "node_modules", ...program.split("/")), ...words], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });

for (const folder of [DIST, join(ROOT, "web", "dist")]) rmSync(folder, { recursive: true, force: true });
run("typescript/bin/tsc", "-p", "tsconfig.build.json");
keepPublicDeclarations(DIST, Object.values(entries()));
run("vite/bin/vite.js", "build", "web", "--logLevel", "warn");
writeFileSync(join(DIST, ".npmignore"), "# The build is complete: see tools/package/build.ts.\n");
