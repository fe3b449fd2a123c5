/** Runs a protocol: opens the network when the protocol asks for it, and closes it. */
import { createHash } from "node:crypto";
import { type CancelSignal, OptionError, requireOneOf } from "../../base/core/index.ts";
import { readBytes } from "../../base/files/index.ts";
import type { SessionOptions } from "../../compiler/runtime/index.ts";
import { type ContractOverrides, openEmbedder } from "../embedder/index.ts";
import { detectorNames, type FacePipeline, facePipeline, openDetector } from "../face/index.ts";
import { type BenchmarkEmbedder, benchmarkEmbedder } from "./benchmark-embedder.ts";
import { type EmbeddingsStore, embeddingsStore } from "./embeddings-store.ts";
import { describeFusion, fuseEmbedders } from "./ensemble.ts";
import { type InputsOf, requireInputs } from "./inputs.ts";
import { type FusionRule, type ProtocolName, protocolNames } from "./names.ts";
import type { ProtocolContext } from "./protocol.ts";
import { protocols, type ResultOf } from "./registry.ts";

/** How a protocol runs. */
export type EvaluateOptions = SessionOptions & {
  /**
   * "default" or the path of an embedder, or several, which are fused; a protocol that reads features needs none.
   */
  readonly model?: string | readonly string[];
  /** How the embeddings of several models make one; default "concat". */
  readonly fuse?: FusionRule;
  /** Preprocessing, for embedders that do not state it: of every model. */
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
  let opened: Promise<OpenedEmbedder> | undefined;
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
    if (opened === undefined) return { ...result, model: null };
    const { id, ensemble } = await opened;
    const variant = ensemble === undefined ? result.variant : `${ensemble}, ${result.variant}`;
    // The variant is a text in every result, which the type of one of many cannot say.
    return { ...result, variant, model: id } as Evaluated<Name>;
  } finally {
    // An embedder that could not be opened has ended the protocol with its error already.
    await opened?.then(
      (embedder) => embedder.close(),
      () => {},
    );
  }
}

/** An embedder, and the text that names it in a variant if it is an ensemble. */
type OpenedEmbedder = BenchmarkEmbedder & { readonly ensemble?: string };

async function open(name: ProtocolName, options: EvaluateOptions): Promise<OpenedEmbedder> {
  const { model = [], fuse } = options;
  const models = typeof model === "string" ? [model] : model;
  if (models.length === 0) throw new OptionError(`--protocol ${name} needs a model: its images are to be embedded`);
  if (models.length === 1 && fuse !== undefined) {
    throw new OptionError(`--fuse ${fuse} has no effect with one model, expected several, with commas between them`);
  }
  const parts: BenchmarkEmbedder[] = [];
  try {
    for (const source of models) parts.push(await openOne(source, options));
  } catch (error) {
    for (const part of parts) await part.close();
    throw error;
  }
  const [first, second, ...others] = parts;
  if (first === undefined) throw new OptionError("internal: no model was opened");
  if (second === undefined) return first;
  const fusion = fuse ?? "concat";
  return { ...fuseEmbedders([first, second, ...others], fusion), ensemble: describeFusion(parts, fusion) };
}

async function openOne(model: string, options: EvaluateOptions): Promise<BenchmarkEmbedder> {
  const { contract = {}, detector = "default", smallestFace, threads, device } = options;
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
