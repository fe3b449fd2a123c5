import type { PeopleAttribute } from "./people-groups.ts";

/** The group of each of some people, and who is missing on either side. */
export type AssignedGroups = {
  /** Index of each person's group in the attribute's `groups`; −1 for a person without one. */
  readonly groupOf: readonly number[];
  /** People without a group in the table. */
  readonly missingPersonCount: number;
  /** People of the table who are not among these. */
  readonly unknownPersonCount: number;
};

/** Finds the groups of people by their names. @param names of different people, in NFC. */
export function assignGroups({ groups, groupOf }: PeopleAttribute, names: readonly string[]): AssignedGroups {
  const indexOf = new Map(groups.map((group, index) => [group, index]));
  const people = new Set(names);
  const found = names.map((name) => indexOf.get(groupOf.get(name) ?? "") ?? -1);
  return {
    groupOf: found,
    missingPersonCount: found.filter((group) => group < 0).length,
    unknownPersonCount: [...groupOf.keys()].filter((name) => !people.has(name)).length,
  };
}
