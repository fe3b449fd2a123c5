/** Numbers that processes exchange. */
export type Exchanged = Float32Array | Int32Array;

/** How values of several processes are combined. */
export type Reduction = "sum" | "max";

/**
 * Collective operations over the processes of a run: every process calls the same ones in the same order. Processes are
 * numbered by rank, from 0 to `size` − 1.
 */
export interface Reducer {
  /** The number of this process. */
  readonly rank: number;
  /** How many processes there are. */
  readonly size: number;
  /** Replaces the values, element by element, by their reduction over all processes. */
  allReduce(values: Exchanged, reduction: Reduction): Promise<void>;
  /** The values of all processes by rank, one after the other: `size` times as many. */
  allGather<T extends Exchanged>(values: T): Promise<T>;
  /** This process's part of the reduction over all: part `rank` of `size` equal parts. */
  reduceScatter<T extends Exchanged>(values: T, reduction: Reduction): Promise<T>;
  /** Replaces the values by those of the process with rank `root`. */
  broadcast(values: Exchanged, root: number): Promise<void>;
  /** Resolves when all processes have called it. */
  barrier(): Promise<void>;
}

/** The reducer of a single process: every operation gives back the process's own values. */
export const singleProcess: Reducer = {
  rank: 0,
  size: 1,
  allReduce: async () => {},
  allGather: async (values) => values,
  reduceScatter: async (values) => values,
  broadcast: async () => {},
  barrier: async () => {},
};
