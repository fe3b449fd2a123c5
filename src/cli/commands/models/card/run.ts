import { readFile } from "node:fs/promises";
import { OptionError } from "../../../../base/core/index.ts";
import { describeReadError, writeAtomically } from "../../../../base/files/index.ts";
import type { AssessedAttribute, Assessment } from "../../../../faces/assess/index.ts";
import { type ModelCard, modelCard, readCard, readScores, renderCard } from "../../../../faces/card/index.ts";
import { openEmbedder } from "../../../../faces/embedder/index.ts";
import { findModel } from "../../../../faces/models/index.ts";
import { given } from "../../../given.ts";
import { print, printJson } from "../../../output.ts";
import { contractOverrides } from "../../../recognition.ts";
import { calibrationOf } from "../about.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, source: string): Promise<void> {
  const model = findModel(source);
  const embedder = await openEmbedder(model, contractOverrides(flags));
  await embedder.close();
  const { id, license, contract } = embedder;
  const trained = await readCard(model, id);
  const { calibration } = await calibrationOf(model, id);
  const scores = [];
  for (const file of flags.scores?.split(",") ?? []) scores.push(...readScores(file, await textOf(file), id));
  const groups = flags.assessment === undefined ? undefined : await groupsOf(flags.assessment, id);
  const card = modelCard({
    name: source,
    id,
    license,
    contract,
    scores: [...(trained?.scores ?? []), ...scores],
    ...given({
      calibration: calibration ?? undefined,
      training: trained?.training ?? undefined,
      groups,
    }),
  });
  await show(card, flags);
}

async function show(card: ModelCard, { out, json }: Flags): Promise<void> {
  if (out !== undefined) {
    await writeAtomically(out, [out.endsWith(".json") ? `${JSON.stringify(card, null, 2)}\n` : renderCard(card)]);
  }
  if (json) printJson(card);
  else if (out === undefined) print(renderCard(card).trimEnd());
  else print(`written to ${out}`);
}

async function textOf(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new OptionError(`${file}: ${describeReadError(cause)}`, { cause });
  });
}

/** The groups of an assessment. @throws {OptionError} for other files and other models. */
async function groupsOf(file: string, id: string): Promise<readonly AssessedAttribute[]> {
  const text = await textOf(file);
  let assessment: Partial<Assessment>;
  try {
    assessment = JSON.parse(text) as Partial<Assessment>;
  } catch (cause) {
    throw new OptionError(`${file}: got no JSON, expected the file that cosface assess wrote`, { cause });
  }
  const { model, groups } = assessment;
  if (!Array.isArray(groups)) throw new OptionError(`${file}: got no groups, expected the file that assess wrote`);
  if (model !== id) throw new OptionError(`${file}: got the assessment of model ${model}, expected that of ${id}`);
  return groups;
}
