/**
 * Time and peak memory of IJB's protocols at full size, from files with embeddings. Each protocol runs in its own
 * process; the files are made before, by a process of their own.
 *
 *   npx tsx bench/templates.ts [--templates 30000] [--images 200000] [--pairs 8000000] [--probes 20000] [--seed 1]
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  readEmbeddings,
  readIjbFaces,
  readIjbMembers,
  readIjbPairs,
  readIjbSearches,
} from "../src/base/benchmarks/index.ts";
import { identifyTemplates, templatesFromImages, verifyTemplates } from "../src/measure/protocols/index.ts";

const { values } = parseArgs({
  options: {
    templates: { type: "string", default: "30000" },
    images: { type: "string", default: "200000" },
    pairs: { type: "string", default: "8000000" },
    probes: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    // Runs one protocol on the files of a folder, in this process.
    protocol: { type: "string" },
    folder: { type: "string" },
  },
});

if (values.protocol !== undefined && values.folder !== undefined) {
  await measure(values.protocol, values.folder);
} else {
  const folder = await mkdtemp(join(tmpdir(), "cosface-templates-"));
  try {
    const { templates, images, pairs, probes, seed } = values;
    run("template-set.ts", [folder, templates, images, pairs, probes, seed]);
    for (const protocol of ["1:1", "1:N"]) run("templates.ts", ["--protocol", protocol, "--folder", folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function run(script: string, words: readonly string[]): void {
  const path = join(import.meta.dirname, script);
  execFileSync(process.execPath, ["--import", "tsx", path, ...words], { stdio: "inherit" });
}

/** Prints a line of JSON with the numbers of a protocol. */
async function measure(protocol: string, folder: string): Promise<void> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const members = await readIjbMembers(folder, "ijbc");
  const { detectorScores } = await readIjbFaces(folder, "ijbc", members);
  const templates = templatesFromImages(
    { embeddings: await readEmbeddings(join(folder, "embeddings.npy")), ...members },
    { detectorScores },
  );
  const templateSeconds = seconds();
  const rates = await (protocol === "1:1" ? verify() : identify());
  // The time of the processor beside that of the clock: other work on the machine adds to the latter alone.
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
  const times = { templateSeconds, seconds: seconds(), cpuSeconds };
  console.log(JSON.stringify({ protocol, ...times, peakBytes: maxRSS * 1024, ...rates }));

  async function verify() {
    const pairs = await readIjbPairs(folder, "ijbc", members);
    const { points, genuineCount, impostorCount } = verifyTemplates(templates, pairs);
    return { genuineCount, impostorCount, tars: points.map(({ far, strict }) => [far, strict.tar]) };
  }

  async function identify() {
    const { probes, galleries } = await readIjbSearches(folder, "ijbc", members);
    const { joined } = identifyTemplates(templates, probes, galleries);
    return { galleryCount: joined.galleryCount, searchCount: joined.searchCount, rankOne: joined.ranks[0]?.strict };
  }
}
