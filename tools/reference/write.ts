/**
 * `npm run docs:reference`: writes docs/reference/, the reports of the public API, the drawing of the wings, and
 * bin/commands.json.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readApi } from "../api/declarations.ts";
import { reportApi } from "../api/report.ts";
import { drawWings } from "../wings/draw.ts";
import { renderCommandDescriptions } from "./command-descriptions.ts";
import { pages } from "./pages.ts";

const root = join(import.meta.dirname, "..", "..");
// First, since the help pages read it.
await writeFile(join(root, "bin", "commands.json"), await renderCommandDescriptions());
const folder = join(root, "docs", "reference");
const reports = join(folder, "api");
await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
for (const [name, render] of Object.entries(pages)) await writeFile(join(folder, `${name}.md`), await render());
for (const [name, text] of Object.entries(reportApi(readApi()))) await writeFile(join(reports, name), text);
await writeFile(join(folder, "..", "images", "wings.svg"), drawWings());
