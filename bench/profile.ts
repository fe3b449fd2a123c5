/** The time of ONNX Runtime by op type, from its profiles. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Time of the nodes of one op type in one run of a model, in milliseconds. */
export type OpTime = { readonly op: string; readonly milliseconds: number; readonly onOneThread: number };

/** The used fields of an event; times are in microseconds. */
type ProfileEvent = {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    /** `block_size`: the blocks of work that threads received; empty for a node on one thread. */
    readonly thread_scheduling_stats?: { readonly main_thread: { readonly block_size: readonly unknown[] } };
  };
};

/**
 * Times by op type, per step, of the second half of the runs; the first half is warm-up. A process may have opened
 * several sessions: the one with the longest time counts.
 */
export function readProfiles(folder: string, stepCount: number): OpTime[] {
  const profiles = readdirSync(folder).map((file) => measuredNodes(join(folder, file)));
  const total = (nodes: readonly ProfileEvent[]) => nodes.reduce((sum, { dur }) => sum + dur, 0);
  const [longest = []] = profiles.toSorted((a, b) => total(b) - total(a));
  const times = new Map<string, OpTime>();
  for (const { dur, args } of longest) {
    const op = args.op_name!;
    const { milliseconds, onOneThread } = times.get(op) ?? { milliseconds: 0, onOneThread: 0 };
    const share = dur / 1000 / stepCount;
    const isAlone = args.thread_scheduling_stats?.main_thread.block_size.length === 0;
    times.set(op, { op, milliseconds: milliseconds + share, onOneThread: onOneThread + (isAlone ? share : 0) });
  }
  return [...times.values()].toSorted((a, b) => b.milliseconds - a.milliseconds);
}

/** Ops whose time is that of the nodes inside. */
const CONTAINERS = new Set(["Loop", "If", "Scan"]);

function measuredNodes(file: string): ProfileEvent[] {
  const events = JSON.parse(readFileSync(file, "utf8")) as ProfileEvent[];
  const starts = events.filter(({ name }) => name === "model_run").map(({ ts }) => ts);
  const start = starts.toSorted((a, b) => a - b)[Math.floor(starts.length / 2)] ?? 0;
  return events.filter(
    ({ cat, name, ts, args }) =>
      cat === "Node" && name.endsWith("_kernel_time") && ts >= start && !CONTAINERS.has(args.op_name ?? "Loop"),
  );
}
