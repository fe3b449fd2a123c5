/** `npm run results`: writes the tables of results/README.md from the result.json files. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fillPage } from "./render.ts";
import { RESULTS, readResults } from "./result.ts";

const page = join(RESULTS, "README.md");
writeFileSync(page, fillPage(readFileSync(page, "utf8"), readResults()));
