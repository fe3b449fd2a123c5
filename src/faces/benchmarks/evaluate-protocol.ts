/** Runs a protocol: opens the network when the protocol asks for it, and closes it. */
import { createHash } from "node:crypto";
import { type CancelSignal, OptionError, requireOneOf } from "../../base/core/index.ts";
import { readBytes } from "../../base/files/index.ts";
import type { SessionOptions } from "../../compiler/runtime/index.ts";
import { type ContractOverrides, openEmbedder } from "../embedder/index.ts";
import { detectorNames, type FacePipeline, facePipeline, openDetector } from "../face/index.ts";
import { type BenchmarkEmbedder, benchmarkEmbedder } from "./benchmark-embedder.ts";
import { type EmbeddingsStore, embeddingsStore } from "./embeddings-store.ts";
import { type InputsOf, requireInputs } from "./inputs.ts";
import { type ProtocolName, protocolNames } from "./names.ts";
import type { ProtocolContext } from "./protocol.ts";
import { protocols, type ResultOf } from "./registry.ts";

/** How a protocol runs. */
export type EvaluateOptions = SessionOptions & {
  /** "default" or the path of an embedder; a protocol that reads features needs none. */
  readonly model?: string;
  /** Preprocessing, for embedders that do not state it. */
  readonly contract?: ContractOverrides;
  /** The detector for photographs: "default" or the path of one; default "default". */
  readonly detector?: string;
  /** Height of the smallest face to look for, pixels of the image. */
  readonly smallestFace?: number;
  /** Where embeddings are kept; default {@link embeddingsStore}, and `null` to keep none. */
  readonly store?: EmbeddingsStore | null;
  /** Looks at the faces of photographs on their way, to warn of wrong colors, say. */
  readonly watch?: (pipeline: FacePipeline) => FacePipeline;
  /** Called with what is done so far, of how much, and the name of it: (256, 6000, "images"). */
  readonly onProgress?: (done: number, total: number, what: string) => void;
  /** Ends the call with the signal's reason. */
  readonly signal?: CancelSignal;
};

/** A protocol's result with the id of the model, or null where features were read. */
export type Evaluated<Name extends ProtocolName> = ResultOf<Name> & { readonly model: string | null };

/**
 * Scores a network by a protocol.
 *
 * @param name one of {@link protocolNames}.
 * @param inputs what the protocol takes: paths of the benchmark's files, and switches.
 * @throws {OptionError} for an unknown protocol, or when a required input is missing.
 * @throws {DatasetError} with file and line where the benchmark's files do not fit.
 * @throws {ModelError} when the model is not an embedder.
 */
export async function evaluateProtocol<Name extends ProtocolName>(
  name: Name,
  inputs: InputsOf<Name>,
  options: EvaluateOptions = {},
): Promise<Evaluated<Name>> {
  requireOneOf("protocol", name, protocolNames);
  const checked = requireInputs(name, inputs);
  const { threads, onProgress = () => {}, signal } = options;
  let opened: Promise<BenchmarkEmbedder> | undefined;
  const context: ProtocolContext = {
    embedder: () => {
      opened ??= open(name, options);
      return opened;
    },
    threads,
    onProgress,
    signal,
  };
  try {
    const result = await protocols[name].score(checked, context);
    return { ...result, model: opened === undefined ? null : (await opened).id };
  } finally {
    // An embedder that could not be opened has ended the protocol with its error already.
    await opened?.then(
      (embedder) => embedder.close(),
      () => {},
    );
  }
}

async function open(name: ProtocolName, options: EvaluateOptions): Promise<BenchmarkEmbedder> {
  const { model, contract = {}, detector = "default", smallestFace, threads, device } = options;
  if (model === undefined) throw new OptionError(`--protocol ${name} needs a model: its images are to be embedded`);
  const session = { ...(threads === undefined ? {} : { threads }), ...(device === undefined ? {} : { device }) };
  const embedder = await openEmbedder(model, contract, session);
  return benchmarkEmbedder({
    embedder,
    openPipeline: async () => {
      const limits = smallestFace === undefined ? {} : { smallestFace };
      const opened = await openDetector(detector, { ...session, ...limits });
      const pipeline = facePipeline(opened, embedder);
      const key = `${await detectorKey(detector)}:${smallestFace ?? "default"}`;
      return { pipeline: options.watch?.(pipeline) ?? pipeline, key };
    },
    store: options.store === undefined ? embeddingsStore() : (options.store ?? undefined),
    onProgress: options.onProgress ?? (() => {}),
    signal: options.signal,
  });
}

/** A built-in detector's name, or the digest of a detector's file. */
async function detectorKey(detector: string): Promise<string> {
  if (detectorNames.some((name) => name === detector)) return detector;
  return createHash("sha256")
    .update(await readBytes(detector))
    .digest("hex");
}
