/** `card.md` and `card.json` beside a model. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeAtomically } from "../../base/files/index.ts";
import type { ModelCard } from "./model-card.ts";
import { renderCard } from "./render-card.ts";

/** Writes a card as card.md and card.json into a folder. */
export async function writeCard(folder: string, card: ModelCard): Promise<void> {
  await writeAtomically(join(folder, "card.json"), [`${JSON.stringify(card, null, 2)}\n`]);
  await writeAtomically(join(folder, "card.md"), [renderCard(card)]);
}

/**
 * The card that training wrote beside a model; undefined where it is missing, cannot be read or belongs to another
 * model.
 */
export async function readCard(model: string, id: string): Promise<ModelCard | undefined> {
  const text = await readFile(join(dirname(model), "card.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const card = JSON.parse(text) as ModelCard;
    return card.id === id ? card : undefined;
  } catch {
    return undefined;
  }
}
