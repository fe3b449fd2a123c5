/**
 * The photographs that a threshold comes from: `[{ "name", "identityCount", "imageCount", "pairCount" }]`. Thresholds
 * that were saved before have null there: nobody wrote down what they were measured on.
 */
export const thresholdSources = {
  version: 7,
  name: "threshold-sources",
  sql: "alter table calibrations add column sources jsonb;",
} as const;
