// Error rates by group, their differences and intervals.
export type { ClusteredRate } from "./clustered-rate.ts";
export {
  type CompareGroupsOptions,
  compareGroups,
  type GroupComparison,
  type GroupRate,
  type GroupRates,
  type MeasuredDifferential,
} from "./compare-groups.ts";
export {
  type Differential,
  type DifferentialName,
  differentials,
  type GroupErrorRates,
  giniCoefficient,
} from "./differentials.ts";
export {
  type Dyad,
  decideCrossPairs,
  decidePairs,
  type GroupDecisions,
  type GroupedPairs,
  type PeopleGroups,
} from "./group-decisions.ts";
export { personRate, type TwoWayTrial, twoWayRate } from "./person-rate.ts";
export { type GroupThreshold, thresholdsByGroup } from "./thresholds-by-group.ts";
