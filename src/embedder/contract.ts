/**
 * What a model file says about itself. An embedder is worthless without the preprocessing that it was trained with: a
 * swapped color order or another alignment costs more than most networks differ by. So the contract travels inside the
 * ONNX file, as `metadata_props` whose keys begin with "cosface.".
 */
import { ModelError, requireOneOf, requirePositive } from "../core/index.ts";
import type { FlipRule } from "../eval/index.ts";

/** What can be done with the mirror image: nothing, both embeddings side by side, or their sum. */
export const flipRules: readonly FlipRule[] = ["none", "concat", "sum"];

/** Orders of the color planes that networks take. */
export const channelOrders = ["rgb", "bgr"] as const;
/** Order of the color planes that a network takes. */
export type ChannelOrder = (typeof channelOrders)[number];

/** What a network takes and gives: its input's size and preprocessing, and the size of its embeddings. */
export type EmbedderContract = {
  /** [height, width] in pixels. */
  readonly inputSize: readonly [number, number];
  /** Numbers in one embedding, of one view. */
  readonly embeddingSize: number;
  readonly channels: ChannelOrder;
  /** Input = (pixel − mean) / std, pixels 0–255. */
  readonly mean: number;
  readonly std: number;
  /** Views that embeddings are made of, when nobody says otherwise. */
  readonly flip: FlipRule;
};

/** Preprocessing given by a person, for files that carry none or the wrong one. */
export type ContractOverrides = Partial<Pick<EmbedderContract, "channels" | "mean" | "std" | "flip">>;

const PREFIX = "cosface.";

/** The contract as metadata of an ONNX file. */
export function contractMetadata(contract: EmbedderContract): Record<string, string> {
  const { inputSize, embeddingSize, channels, mean, std, flip } = contract;
  return {
    [`${PREFIX}inputSize`]: inputSize.join("x"),
    [`${PREFIX}embeddingSize`]: String(embeddingSize),
    [`${PREFIX}channels`]: channels,
    [`${PREFIX}mean`]: String(mean),
    [`${PREFIX}std`]: String(std),
    [`${PREFIX}flip`]: flip,
  };
}

/**
 * The preprocessing of a file: what a person gave, else what the file says.
 * @throws {ModelError} where neither says it: guessing would give wrong scores without a word.
 */
export function readContract(
  metadata: Readonly<Record<string, string>>,
  overrides: ContractOverrides,
): Pick<EmbedderContract, "channels" | "mean" | "std" | "flip"> {
  const given = { ...fromMetadata(metadata), ...overrides };
  const { mean, std, channels, flip = "none" } = given;
  if (mean === undefined || std === undefined || channels === undefined) {
    throw new ModelError(
      "this model file does not say how its input is made: give --mean, --std and --channels (127.5, 127.5 and rgb for most ArcFace-style files)",
    );
  }
  requirePositive("std", std);
  return { channels, mean, std, flip };
}

function fromMetadata(metadata: Readonly<Record<string, string>>): ContractOverrides {
  const text = (key: string): string | undefined => metadata[PREFIX + key];
  const number = (key: string): number | undefined => {
    const found = text(key);
    if (found === undefined) return undefined;
    const value = Number(found);
    if (!Number.isFinite(value))
      throw new ModelError(`model metadata: ${PREFIX}${key} is '${found}', expected a number`);
    return value;
  };
  const channels = text("channels");
  const flip = text("flip");
  const [mean, std] = [number("mean"), number("std")];
  return {
    ...(channels === undefined ? {} : { channels: requireOneOf("model metadata: channels", channels, channelOrders) }),
    ...(flip === undefined ? {} : { flip: requireOneOf("model metadata: flip", flip, flipRules) }),
    ...(mean === undefined ? {} : { mean }),
    ...(std === undefined ? {} : { std }),
  };
}
