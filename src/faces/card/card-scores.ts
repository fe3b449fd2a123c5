/** Scores of a model card, from what `cosface evaluate --json` printed. */
import { CosfaceError, OptionError, requireFields } from "../../base/core/index.ts";
import { type Interval, wilsonInterval } from "../../measure/eval/index.ts";

/** An accuracy with its interval. */
export type CardScore = {
  /** Protocol and variant. */
  readonly name: string;
  readonly accuracy: number;
  /** Wilson interval at 95 %, as if the pairs were independent: pairs that share people make it somewhat wider. */
  readonly interval: Interval;
  readonly pairCount: number;
};

/** The accuracy of a protocol on pairs, as a card holds it. */
export function cardScore(name: string, result: { readonly accuracy: number; readonly pairCount: number }): CardScore {
  requireFields("score", result, { accuracy: "a number", pairCount: "a number" });
  const { accuracy, pairCount } = result;
  const successes = Math.round(accuracy * pairCount);
  return { name, accuracy, interval: wilsonInterval({ successes, trials: pairCount }), pairCount };
}

/**
 * The scores in the JSON of an evaluation.
 *
 * @param id of the model that the card is about.
 * @throws {OptionError} that begins with `where` when the text is not such a result, or is about another model.
 */
export function readScores(where: string, text: string, id: string): readonly CardScore[] {
  try {
    const result: unknown = JSON.parse(text);
    if (!isFields(result)) throw new TypeError("no object");
    if (typeof result.model === "string" && result.model !== id) {
      throw new OptionError(`${where}: got a result of model ${result.model}, expected one of ${id}`);
    }
    const { protocol, tests, races } = result;
    const parts = [tests, races].find(Array.isArray) ?? [result];
    return parts.map((part: unknown) => scoreOf(String(protocol), part));
  } catch (cause) {
    if (cause instanceof CosfaceError) throw cause;
    throw new OptionError(
      `${where}: got no accuracies, expected what cosface evaluate --json prints for a protocol on pairs`,
      { cause },
    );
  }
}

function scoreOf(protocol: string, part: unknown): CardScore {
  if (!isFields(part)) throw new TypeError("no object");
  const { accuracy, pairCount, name, race, variant } = part;
  const isCounted = typeof pairCount === "number" && Number.isInteger(pairCount) && pairCount > 0;
  if (typeof accuracy !== "number" || !(accuracy >= 0 && accuracy <= 1) || !isCounted)
    throw new TypeError("no accuracy");
  const title = [protocol, name ?? race, variant].filter((word) => typeof word === "string").join(", ");
  return cardScore(title, { accuracy, pairCount });
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
