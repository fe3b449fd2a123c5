/**
 * JSON that the database holds, cut off below the depth that a gallery takes. An earlier version stored metadata of any
 * depth, on which recursive code runs out of stack: what is deeper is replaced by a sentence wherever it is read, so
 * that lists, exports and backups answer. The database keeps it until the owner writes other metadata.
 */
import { jsonDepth } from "../../../base/core/index.ts";

/** Stands where values were nested too deep. */
export const TOO_DEEP = "nested too deep: left out";

/** Text of JSON that is nested at most `deepest` deep; the text itself if it is. */
export function cutDeepJson(text: string, deepest: number): string {
  return jsonDepth(text, deepest) <= deepest ? text : JSON.stringify(cut(JSON.parse(text), deepest));
}

function cut(value: unknown, levels: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((one) => cut(one, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cut(one, levels - 1)]));
}
