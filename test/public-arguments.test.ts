/**
 * Every public function called with what it does not take, as programs in JavaScript may: nothing, null, a number, a
 * text, a function, an empty object, an empty list, and an option that does not exist; alone, and for several arguments
 * at once. Each answers with a typed error, soon, and not with a TypeError. A new function is tested the day it is
 * added.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as data from "../src/data.ts";
import * as evaluation from "../src/eval.ts";
import * as face from "../src/face.ts";
import * as gallery from "../src/gallery.ts";
import * as image from "../src/image.ts";
import * as main from "../src/index.ts";
import * as losses from "../src/losses.ts";
import * as nn from "../src/nn.ts";
import * as synthetic from "../src/synthetic.ts";
import * as training from "../src/train.ts";

type Call = (...given: readonly unknown[]) => unknown;

const values: readonly (readonly [name: string, value: unknown])[] = [
  ["null", null],
  ["a number", 3],
  ["a text", "text"],
  ["a function", () => 1],
  ["an empty object", {}],
  ["an empty list", []],
  ["an unknown option", { unknownOption: 1 }],
];
const calls: readonly (readonly [name: string, given: readonly unknown[]])[] = [
  ["nothing", []],
  ...values.flatMap(([name, value]) => [[name, [value]] as const, [`${name}, thrice`, [value, value, value]] as const]),
];

const ANYTHING = "any";
const NO_OPTIONS = ["nothing", "an empty object", "an empty object, thrice"];
const TEXT = ["a text", "a text, thrice"];
const NUMBER = ["a number", "a number, thrice"];
const LIST = ["an empty list", "an empty list, thrice"];

/** Functions that make a loss. */
const FACTORIES = [
  ...["aSoftmax", "arcFace", "combinedMargin", "cosFace", "lSoftmax", "nsl"],
  ...["softmaxCenter", "softmaxContrastive", "softmaxLoss", "triplet"],
];

/** Calls that are right, and what they are given. */
const rightCalls: Readonly<Record<string, readonly string[] | typeof ANYTHING>> = {
  // They take no arguments.
  allNetworks: ANYTHING,
  imageLibrary: ANYTHING,
  modelFolder: ANYTHING,
  embeddingsFolder: ANYTHING,
  // Every option has a default.
  alignedCrops: ["nothing"],
  kaimingFanOut: ["nothing", ...NUMBER],
  openFaces: NO_OPTIONS,
  pulledModels: ["nothing", ...TEXT],
  deleteKeptEmbeddings: ["nothing", ...TEXT],
  embeddingsStore: ["nothing", ...TEXT],
  setDecodeLimits: ["an empty object", "an empty object, thrice"],
  ...Object.fromEntries(["adamW", "sgd", ...FACTORIES].map((name) => [name, NO_OPTIONS])),
  // A gallery in memory, and one in the folder "text".
  openGallery: [...NO_OPTIONS, ...TEXT],
  // The text is a name or a path, and the number one of those that are taken.
  calibrationFile: TEXT,
  findModel: TEXT,
  listImages: [...TEXT, ...LIST],
  annealedLambda: NUMBER,
  constantly: NUMBER,
  gaussian: NUMBER,
  cosineFromSquaredDistance: NUMBER,
  landmarkTemplate: ["a number, thrice"],
  syntheticIdentity: ["a number, thrice"],
  // No file was passed over; no sources; no points, of which no similarity is fitted; a template of no points.
  describePassedOver: LIST,
  pairQualities: ["an empty list, thrice"],
  describeSources: LIST,
  fitSimilarity: ["an empty list, thrice"],
  templateLandmarks: ["an empty list, thrice"],
};

/** Opened in passing for calls that are right, which would make this test slow: other tests call them so. */
const SLOW = new Set(["openGallery", "openFaces"]);

const functions = new Map<string, Call>();
for (const entry of [main, face, gallery, image, data, synthetic, evaluation, training, losses, nn]) {
  for (const [name, value] of Object.entries<unknown>(entry)) {
    if (typeof value === "function" && /^[a-z]/.test(name)) functions.set(name, value as Call);
  }
}

let folder: string;
let before: string;
beforeAll(() => {
  // A path that is relative belongs to this folder, and so do the user's files.
  before = process.cwd();
  folder = mkdtempSync(join(tmpdir(), "cosface-arguments-"));
  process.chdir(folder);
  for (const name of ["XDG_CACHE_HOME", "XDG_DATA_HOME", "HOME"]) vi.stubEnv(name, folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe("a public function", () => {
  it("is tested, of every entry", () => {
    expect(functions.size).toBeGreaterThan(190);
    for (const name of Object.keys(rightCalls)) expect(functions.has(name), name).toBe(true);
  });

  it.each([...functions])(
    "%s refuses what it does not take",
    async (name, call) => {
      const right = rightCalls[name] ?? [];
      for (const [what, given] of calls) {
        const isRight = right === ANYTHING || right.includes(what);
        if (isRight && SLOW.has(name)) continue;
        const outcome = await outcomeOf(call, given);
        const refused = outcome instanceof Error ? `${outcome.name}: ${outcome.message}` : "no error";
        if (isRight) expect(outcome, `${name} of ${what}: ${refused}`).not.toBeInstanceOf(Error);
        else expect(outcome, `${name} of ${what}: ${refused}`).toBeInstanceOf(main.CosfaceError);
      }
    },
    20_000,
  );

  it("that takes options names the one that does not exist", async () => {
    const faces = { detector: { detect: async () => [] }, embedder: { id: "", contract: {}, embed: async () => [] } };
    const crop = { width: 4, height: 4, data: new Uint8Array(48) };
    const unknown = { minimumSise: 3 };
    const misspelled: Readonly<Record<string, unknown>> = {
      checkFaces: face.checkFaces(unknown as never),
      cluster: outcomeOf(face.cluster as Call, [{ count: 1, size: 1, data: new Float32Array(1) }, unknown]),
      embedFolder: face.embedFolder(folder, faces as never, unknown as never),
      openDetector: face.openDetector("default", unknown as never),
      openEmbedder: face.openEmbedder("default", unknown as never),
      openNegatives: face.openNegatives(folder, faces as never, unknown as never),
      renderScene: outcomeOf(synthetic.renderScene as Call, [{ ...unknown, seed: 1 }]),
      encodeImage: image.encodeImage(crop, unknown as never),
    };
    for (const [name, refused] of Object.entries(misspelled)) {
      const error = await Promise.resolve(refused).catch((cause: unknown) => cause);
      expect(error, name).toMatchObject({ code: "COSFACE_OPTION", message: expect.stringContaining("'minimumSise'") });
    }
  });
});

/** What a call returns, or the error that it ends in; of an iterator, what its first step gives. */
async function outcomeOf(call: Call, given: readonly unknown[]): Promise<unknown> {
  try {
    const returned = await call(...given);
    if (typeof returned === "object" && returned !== null && "next" in returned) {
      return await (returned as AsyncIterator<unknown>).next();
    }
    return returned;
  } catch (error) {
    return error;
  }
}
