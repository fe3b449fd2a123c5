/** Error rates of listed pairs by the groups that their people belong to. */
import { assignGroups, type PeopleAttribute } from "../../base/data/index.ts";
import { compareGroups, decidePairs, type GroupComparison, type GroupRate } from "../../measure/groups/index.ts";

/** The pairs of a list: the person of each side, and the score. */
export type PeoplePairs = {
  readonly genuine: { readonly people: readonly string[]; readonly scores: ArrayLike<number> };
  readonly impostor: {
    readonly left: readonly string[];
    readonly right: readonly string[];
    readonly scores: ArrayLike<number>;
  };
};

/** The groups of one attribute, compared. */
export type ComparedAttribute = {
  /** Title of the column in the table. */
  readonly name: string;
  /** People of the pairs without a group in the table; their pairs are left out. */
  readonly missingPersonCount: number;
  /** People of the table who are in no pair. */
  readonly unknownPersonCount: number;
  readonly comparison: GroupComparison;
};

/**
 * Compares the groups of each attribute at one threshold.
 *
 * @throws {OptionError} when no person of the pairs is in the table.
 */
export function comparePairGroups(
  attributes: readonly PeopleAttribute[],
  { genuine, impostor }: PeoplePairs,
  threshold: number,
): ComparedAttribute[] {
  const names = [...new Set([...genuine.people, ...impostor.left, ...impostor.right])];
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const indices = (people: readonly string[]) => people.map((name) => indexOf.get(name) ?? -1);
  const pairs = {
    genuine: { scores: genuine.scores, people: indices(genuine.people) },
    impostor: { scores: impostor.scores, left: indices(impostor.left), right: indices(impostor.right) },
  };
  return attributes.map((attribute) => {
    const { groupOf, ...counts } = assignGroups(
      attribute,
      names.map((name) => name.normalize("NFC")),
    );
    const decisions = decidePairs(pairs, { names: attribute.groups, groupOf }, threshold);
    return { name: attribute.name, ...counts, comparison: compareGroups(decisions) };
  });
}

/** Lines of text for a person. */
export function describeGroups(attributes: readonly ComparedAttribute[] = []): string[] {
  return attributes.flatMap(({ name, missingPersonCount, unknownPersonCount, comparison }) => [
    `groups      by ${name} at threshold ${comparison.threshold.toFixed(3)}; ${missingPersonCount} people without a group, ${unknownPersonCount} of the table in no pair`,
    ...comparison.groups.map(
      (group) => `            ${group.name}: FMR ${rateText(group.fmr)}; FNMR ${rateText(group.fnmr)}`,
    ),
    ...comparison.differentials.map(
      ({ title, value, interval }) =>
        `            ${title}: ${value === null ? "undefined" : value.toPrecision(3)} (${interval.low.toPrecision(3)} to ${interval.high.toPrecision(3)})`,
    ),
    ...(comparison.reason === undefined ? [] : [`            not compared: ${comparison.reason}`]),
  ]);
}

function rateText(rate: GroupRate): string {
  if (rate.rate === null) return `refused (${rate.reason})`;
  const percent = (share: number) => `${(100 * share).toPrecision(2)} %`;
  return `${percent(rate.rate)} (${percent(rate.interval.low)} to ${percent(rate.interval.high)})`;
}
