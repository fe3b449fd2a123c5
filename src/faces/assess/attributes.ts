/** Error rates by the groups of a table. */
import { assignGroups, type PeopleAttribute } from "../../base/data/index.ts";
import type { CrossPairs, LabeledEmbeddings } from "../../measure/eval/index.ts";
import { compareGroups, decideCrossPairs, type PeopleGroups, thresholdsByGroup } from "../../measure/groups/index.ts";
import type { AssessedAttribute, NotAssessed } from "./assessment.ts";
import type { MeasuredImage } from "./check-folder.ts";

/** Where the groups are compared. */
export type AttributeOptions = {
  readonly far: number;
  /** The threshold of `far` on all people; undefined where it could not be measured. */
  readonly threshold: number | undefined;
  readonly confidence: number;
};

/**
 * Compares the groups of an attribute at the threshold for all.
 *
 * @param names names of the people of the folder.
 */
export function assessAttribute(
  attribute: PeopleAttribute,
  names: readonly string[],
  measured: readonly MeasuredImage[],
  labeled: LabeledEmbeddings,
  pairs: CrossPairs | NotAssessed,
  { far, threshold, confidence }: AttributeOptions,
): AssessedAttribute {
  const { name, groups } = attribute;
  const { groupOf: groupOfPerson, ...counts } = assignGroups(attribute, names);
  const counted = { name, ...counts };
  const refuse = (reason: string): AssessedAttribute => ({
    ...counted,
    comparison: { groups: null, reason },
    thresholds: [],
  });
  if ("reason" in pairs) return refuse(pairs.reason);
  if (threshold === undefined) return refuse(`no threshold for FAR ${far} was measured, at which groups are compared`);
  // Pairs number people in order of first appearance.
  const order = [...new Set(measured.map(({ person }) => person))];
  const known: PeopleGroups = { names: groups, groupOf: order.map((person) => groupOfPerson[person] ?? -1) };
  if (known.groupOf.length === 0 || Array.from(known.groupOf).every((group) => group < 0)) {
    return refuse("no person of the folder is in the table: are its names those of the folders?");
  }
  return {
    ...counted,
    comparison: compareGroups(decideCrossPairs(pairs, known, threshold), { confidence }),
    thresholds: thresholdsByGroup(labeled, { names: groups, groupOf: groupOfPerson }, far, { confidence }),
  };
}
