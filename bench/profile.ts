/** Where ONNX Runtime spends its time, from the profiles that it writes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What nodes of one op type took in one run of a model, in milliseconds. */
export type OpTime = { readonly op: string; readonly milliseconds: number; readonly onOneThread: number };

/** What is used of an event; times are in microseconds. */
type ProfileEvent = {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    /** `block_size`: how the node's work was dealt out to threads, empty where it was not. */
    readonly thread_scheduling_stats?: { readonly main_thread: { readonly block_size: readonly unknown[] } };
  };
};

/**
 * Times by op type, per step, of the later half of the runs, since as many came before to warm up. A process may have
 * opened several sessions: that which worked longest is taken.
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

/** A loop's time is that of the nodes in it. */
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
