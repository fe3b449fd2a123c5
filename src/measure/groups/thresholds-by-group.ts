import { requireFields, requireKnownKeys } from "../../base/core/index.ts";
import {
  calibratePeople,
  crossPairs,
  type LabeledEmbeddings,
  type PeopleThreshold,
  type Refusal,
  shareForCalibration,
} from "../eval/index.ts";
import type { PeopleGroups } from "./group-decisions.ts";
import { membersOf } from "./group-rates.ts";

/** The threshold that a group would need by itself, or why it cannot be measured. */
export type GroupThreshold = { readonly name: string; readonly found: PeopleThreshold | Refusal };

/**
 * The threshold of each group for one FAR on the pairs of its own people. They show how far one threshold for all is
 * from each group's own. Nothing applies them: a threshold by group would treat people by what group somebody takes
 * them for, and needs that to be known of both sides.
 *
 * @param labeled identities as indices into `groups.groupOf`.
 * @throws {OptionError} when the rate is out of range.
 */
export function thresholdsByGroup(
  labeled: LabeledEmbeddings,
  groups: PeopleGroups,
  far: number,
  options: { readonly confidence?: number } = {},
): GroupThreshold[] {
  requireFields("labeled embeddings", labeled, { embeddings: "an object", identities: "a list" });
  requireFields("groups", groups, { names: "a list", groupOf: "a list" });
  requireKnownKeys("options of thresholdsByGroup", options, { confidence: true });
  const { embeddings, identities } = labeled;
  const { confidence = 0.95 } = options;
  const { size, data } = embeddings;
  return groups.names.map((name, group): GroupThreshold => {
    const members = new Set(membersOf(groups.groupOf, group));
    const rows = Array.from(identities).flatMap((person, row) => (members.has(person) ? [row] : []));
    const own = rows.map((row) => identities[row] ?? -1);
    if (new Set(own).size < 2 || new Set(own).size === own.length) {
      const reason = `insufficient data: ${own.length} images of ${new Set(own).size} people, expected at least two people, one of them with two images`;
      return { name, found: { far, tar: null, threshold: null, impostorCount: 0, reason } };
    }
    const part = new Float32Array(rows.length * size);
    for (const [i, row] of rows.entries()) part.set(data.subarray(row * size, (row + 1) * size), i * size);
    const pairs = crossPairs(
      { embeddings: { count: rows.length, size, data: part }, identities: own },
      shareForCalibration(far),
    );
    const [found] = calibratePeople(pairs, [far], { confidence });
    return { name, found: found ?? { far, tar: null, threshold: null, impostorCount: 0, reason: "no rate" } };
  });
}
