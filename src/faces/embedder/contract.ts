/**
 * The contract of an embedder: what its file states about input and output. An embedder is worthless without the
 * preprocessing that it was trained with: a swapped color order or another alignment costs more than most networks
 * differ by. So the contract is part of the ONNX file, as `metadata_props` whose keys begin with "cosface.".
 */
import { createHash } from "node:crypto";
import { ModelError, requireFields, requireKind, requireOneOf, requirePositive } from "../../base/core/index.ts";
import type { FlipRule } from "../../measure/eval/index.ts";
import { type ChannelOrder, channelOrders, flipRules } from "./names.ts";
import { type AlignmentTemplate, defaultTemplate, formatTemplate, parseTemplate } from "./template.ts";

/** Input and output of a network: the size and preprocessing of its images, and the size of its embeddings. */
export type EmbedderContract = {
  /** [height, width] in pixels. */
  readonly inputSize: readonly [number, number];
  /** Numbers in one embedding, of one view. */
  readonly embeddingSize: number;
  readonly channels: ChannelOrder;
  /** Input = (pixel − mean) / std, pixels 0–255. */
  readonly mean: number;
  readonly std: number;
  /** Positions of the landmarks in the input. */
  readonly template: AlignmentTemplate;
  /** Views that an embedding is made of by default. */
  readonly flip: FlipRule;
  /** Name of the output that is the embedding, where a person chose one of several. */
  readonly output?: string;
};

/** Numbers in an embedding as it is compared: with both views side by side, twice as many as the network computes. */
export function embeddingLength({ embeddingSize, flip }: Pick<EmbedderContract, "embeddingSize" | "flip">): number {
  return flip === "concat" ? 2 * embeddingSize : embeddingSize;
}

/** Preprocessing, and the name of the output, that a person gives for files that state none or the wrong one. */
export type ContractOverrides = Partial<
  Pick<EmbedderContract, "channels" | "mean" | "std" | "flip" | "template" | "output">
>;

/** The part of a contract that does not follow from the network itself. */
export type Preprocessing = Required<Omit<ContractOverrides, "output">> & Pick<ContractOverrides, "output">;

const PREFIX = "cosface.";
/** Key of the licence of the weights. */
export const LICENSE_KEY = `${PREFIX}license`;
/** Key of the id, for other tools; this project computes it anew. */
export const ID_KEY = `${PREFIX}id`;

/** The contract as metadata of an ONNX file. */
export function contractMetadata(contract: EmbedderContract): Record<string, string> {
  requireFields("contract", contract, { inputSize: "a list", embeddingSize: "a number" });
  const { inputSize, embeddingSize, channels, mean, std, template, flip, output } = contract;
  return {
    [`${PREFIX}inputSize`]: inputSize.join("x"),
    [`${PREFIX}embeddingSize`]: String(embeddingSize),
    [`${PREFIX}channels`]: channels,
    [`${PREFIX}mean`]: String(mean),
    [`${PREFIX}std`]: String(std),
    [`${PREFIX}template`]: formatTemplate(template),
    [`${PREFIX}flip`]: flip,
    // Left out where there is no choice, so that ids stay as they were.
    ...(output === undefined ? {} : { [`${PREFIX}output`]: output }),
  };
}

/** Hexadecimal digits of an id: 64 bits, so that two of a million models share one with a chance of 3 in 10⁸. */
const ID_DIGITS = 16;

/**
 * The id of an embedder: the start of a SHA-256 over its network (the bytes of the file's graph, weights included) and
 * its contract. Embeddings and thresholds belong to one id: another flip rule or color order is another embedder.
 */
export function embedderId(graphBytes: Uint8Array, contract: EmbedderContract): string {
  requireKind("graph", graphBytes, "bytes");
  const hash = createHash("sha256").update(graphBytes);
  for (const [key, value] of Object.entries(contractMetadata(contract))) hash.update(`\0${key}=${value}`);
  return hash.digest("hex").slice(0, ID_DIGITS);
}

/**
 * The preprocessing of a file: what a person gave, else what the file states.
 *
 * The default template is InsightFace's for that size, and the default flip rule is "none"; most files that leave them
 * out mean these. Color order and scaling have no such default.
 *
 * @throws {ModelError} that names what is missing: a guess would give wrong scores silently.
 */
export function readContract(
  metadata: Readonly<Record<string, string>>,
  overrides: ContractOverrides,
  inputSize: readonly [number, number],
): Preprocessing {
  const { mean, std, channels, flip = "none", template, output } = { ...fromMetadata(metadata), ...overrides };
  if (mean === undefined || std === undefined || channels === undefined) {
    const missing = Object.entries({ mean, std, channels }).filter(([, value]) => value === undefined);
    throw new ModelError(
      `this model file does not state how its input is made: ${missing.map(([key]) => key).join(", ")} missing: ` +
        "give --mean, --std and --channels (127.5, 127.5 and rgb for most ArcFace-style files), or put them into a JSON file beside it",
    );
  }
  requirePositive("std", std);
  return {
    channels,
    mean,
    std,
    flip,
    template: template ?? defaultTemplate(inputSize),
    ...(output === undefined ? {} : { output }),
  };
}

function fromMetadata(metadata: Readonly<Record<string, string>>): ContractOverrides {
  const texts = (["channels", "mean", "std", "flip", "template", "output"] as const).flatMap((key) => {
    const text = metadata[PREFIX + key];
    return text === undefined ? [] : [[key, key === "mean" || key === "std" ? Number(text) : text]];
  });
  return parseOverrides("model metadata", Object.fromEntries(texts));
}

/**
 * Checks preprocessing from outside: channels, mean, std, flip, template and output, each of which may be missing.
 * @throws {ModelError} that begins with `where` and names what does not fit.
 */
export function parseOverrides(where: string, given: Readonly<Record<string, unknown>>): ContractOverrides {
  const number = (key: string) => {
    const value = given[key];
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new ModelError(`${where}: got ${key} ${JSON.stringify(value)}, expected a number`);
  };
  const positive = (key: string) => {
    const value = number(key);
    if (value > 0) return value;
    throw new ModelError(`${where}: got ${key} ${value}, expected a positive number`);
  };
  const text = (key: string) => {
    const value = given[key];
    if (typeof value === "string" && value !== "") return value;
    throw new ModelError(`${where}: got ${key} ${JSON.stringify(value)}, expected a name`);
  };
  const choice = <T extends string>(key: string, choices: readonly T[]) =>
    requireOneOf(`${where}: ${key}`, text(key), choices);
  return {
    ...("channels" in given ? { channels: choice("channels", channelOrders) } : {}),
    ...("flip" in given ? { flip: choice("flip", flipRules) } : {}),
    ...("mean" in given ? { mean: number("mean") } : {}),
    ...("std" in given ? { std: positive("std") } : {}),
    ...("template" in given ? { template: parseTemplate(where, given.template) } : {}),
    ...("output" in given ? { output: text("output") } : {}),
  };
}
