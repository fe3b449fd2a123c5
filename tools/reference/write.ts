/** `npm run docs:reference`: writes every page of docs/reference/, and the drawing of the wings. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { drawWings } from "../wings/draw.ts";
import { pages } from "./pages.ts";

const folder = join(import.meta.dirname, "..", "..", "docs", "reference");
await mkdir(folder, { recursive: true });
for (const [name, render] of Object.entries(pages)) await writeFile(join(folder, `${name}.md`), await render());
await writeFile(join(folder, "..", "images", "wings.svg"), drawWings());
