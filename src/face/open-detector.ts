import { readFile } from "node:fs/promises";
import { ModelError, requireBetween } from "../core/index.ts";
import { readOnnxPorts } from "../graph/index.ts";
import type { RgbImage } from "../image/index.ts";
import { createSession, type SessionOptions } from "../runtime/index.ts";
import type { CandidateNetwork } from "./candidate.ts";
import type { DetectedFace, FaceDetector } from "./detection.ts";
import { OnnxNetwork } from "./onnx-network.ts";
import { scrfdFormat } from "./scrfd.ts";
import { searchFaces } from "./search.ts";
import { yunetFormat } from "./yunet.ts";

/** How a detector runs. */
export type DetectorOptions = SessionOptions & {
  /** Faces with a lower score are not given, 0 to 1; default: what suits the network. */
  readonly minimumScore?: number;
};

/**
 * Opens a face detector: an ONNX file of YuNet or SCRFD, told by its outputs.
 * @throws {ModelError} when the file is not there, is no ONNX file, or is no known detector with landmarks.
 */
export async function openDetector(source: string, options: DetectorOptions = {}): Promise<FaceDetector> {
  const { minimumScore, ...sessionOptions } = options;
  if (minimumScore !== undefined) requireBetween("openDetector: minimumScore", minimumScore, 0, 1);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(source);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "error";
    throw new ModelError(`detector: cannot read '${source}': ${reason}`, { cause });
  }
  const { inputs, outputs } = readOnnxPorts(bytes);
  const format = yunetFormat(outputs) ?? scrfdFormat(outputs);
  const [input] = inputs;
  if (format === undefined || inputs.length !== 1 || input!.shape.length !== 4) {
    const got = outputs.map(({ name, shape }) => `${name} [${shape}]`).join(", ");
    throw new ModelError(`detector: got a file with outputs ${got}, expected those of YuNet or SCRFD`);
  }
  const network = new OnnxNetwork(await createSession(bytes, sessionOptions), input!, format);
  return new FileDetector(`${format.name} (${source})`, network, minimumScore ?? format.minimumScore);
}

class FileDetector implements FaceDetector {
  readonly name: string;
  readonly license = "unknown";
  readonly #network: CandidateNetwork<DetectedFace>;
  readonly #minimumScore: number;

  constructor(name: string, network: CandidateNetwork<DetectedFace>, minimumScore: number) {
    this.name = name;
    this.#network = network;
    this.#minimumScore = minimumScore;
  }

  detect(image: RgbImage): Promise<readonly DetectedFace[]> {
    return searchFaces(this.#network, image, this.#minimumScore);
  }

  async close(): Promise<void> {
    await this.#network.close();
  }
}
