/**
 * A protocol is one declaration: what it reads, how its images become embeddings, what it scores, and how its result is
 * printed. Its name, title, source and inputs are in `names.ts`. Every result carries the protocol's name, the variant
 * of its arithmetic, and counts; `evaluateProtocol` adds the id of the model.
 */
import type { CancelSignal } from "../../base/core/index.ts";
import type { BenchmarkEmbedder } from "./benchmark-embedder.ts";
import type { InputsOf } from "./inputs.ts";
import type { ProtocolName } from "./names.ts";

/** What every result holds. */
export type ProtocolResult = {
  readonly protocol: string;
  /** The choices in which implementations of the protocol differ, such as "flip=concat, score=cosine". */
  readonly variant: string;
};

/** What a protocol runs with, beside its inputs. */
export type ProtocolContext = {
  /**
   * The network or networks under test, which are opened when this is called first.
   * @throws {OptionError} when the caller gives no model.
   */
  readonly embedder: () => Promise<BenchmarkEmbedder>;
  /** Threads of large matrix products; undefined for all cores. */
  readonly threads: number | undefined;
  /** Called with what is done so far, of how much, and the name of it: (256, 6000, "images"). */
  readonly onProgress: (done: number, total: number, what: string) => void;
  readonly signal: CancelSignal | undefined;
};

/** Progress of a computation that reports the share of its work that is done, such as "37 of 100 % of the searches". */
export function shareOf({ signal, onProgress }: ProtocolContext, what: string): (done: number) => void {
  return (done) => {
    signal?.throwIfAborted();
    onProgress(Math.round(100 * done), 100, what);
  };
}

/** The protocol of a name: what it computes, and how its result reads. */
export interface Protocol<Name extends ProtocolName, Result extends ProtocolResult> {
  readonly name: Name;
  /** Reads the benchmark's files, embeds its images, and scores. */
  score(inputs: InputsOf<Name>, context: ProtocolContext): Promise<Result>;
  /** Lines of text for a person. */
  describe(result: Result): readonly string[];
  /** What `--json` prints: the result without lists of single scores. */
  toJson(result: Result): object;
}

/** A declaration: the types of its parts follow from its name and from what `score` returns. */
type Declaration<Name extends ProtocolName, Result extends ProtocolResult> = {
  readonly name: Name;
  score(inputs: InputsOf<NoInfer<Name>>, context: ProtocolContext): Promise<Result>;
  describe(result: NoInfer<Result>): readonly string[];
  toJson?(result: NoInfer<Result>): object;
};

/** Declares a protocol; `toJson` is the whole result unless given. */
export function defineProtocol<const Name extends ProtocolName, Result extends ProtocolResult>({
  toJson = (result) => result,
  ...declaration
}: Declaration<Name, Result>): Protocol<Name, Result> {
  return { ...declaration, toJson };
}
