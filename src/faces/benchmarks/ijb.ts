/** IJB-B and IJB-C, 1:1: verification of template pairs. */
import {
  type IjbMembers,
  type IjbName,
  ijbImages,
  readEmbeddings,
  readIjbFaces,
  readIjbMembers,
  readIjbPairs,
} from "../../base/benchmarks/index.ts";
import { DatasetError, OptionError } from "../../base/core/index.ts";
import type { Embeddings } from "../../measure/eval/index.ts";
import {
  type NearestFarPoint,
  type TemplateOperatingPoint,
  type TemplateSet,
  type TemplateVerification,
  templatesFromImages,
  verifyTemplates,
} from "../../measure/protocols/index.ts";
import { alignFace, alignmentTarget } from "../embedder/index.ts";
import type { Crops } from "./benchmark-embedder.ts";
import { formatPercent } from "./describe-verification.ts";
import type { InputsOf } from "./inputs.ts";
import { defineProtocol, type ProtocolContext, type ProtocolResult } from "./protocol.ts";

/** Templates of a set, with what is known of their images. */
export type IjbTemplates = {
  readonly members: IjbMembers;
  readonly templates: TemplateSet;
  /** The choices of pooling, for the result's variant. */
  readonly pooling: string;
};

type IjbInputs = InputsOf<"ijbc">;

type CutArguments = Parameters<Crops["cut"]>;

/** Pools the templates of a set from its images, or from embeddings that were computed elsewhere. */
export async function ijbTemplates(
  set: IjbName,
  { images, embeddings: file, unitLength = false, ignoreDetector = false }: IjbInputs,
  context: ProtocolContext,
): Promise<IjbTemplates> {
  const members = await readIjbMembers(images, set);
  const { landmarks, detectorScores, source } = await readIjbFaces(images, set, members);
  const given = file === undefined ? undefined : await readEmbeddings(file);
  if (given !== undefined && given.count !== members.imageNames.length) {
    const expected = `${members.imageNames.length}, one for each line of ${set}_face_tid_mid.txt`;
    throw new DatasetError(`the file of embeddings has ${given.count} rows, expected ${expected}`);
  }
  const embeddings = given ?? (await embedAligned());
  const templates = templatesFromImages(
    { embeddings, ...members },
    { keepNorm: !unitLength, ...(ignoreDetector ? {} : { detectorScores }) },
  );
  const weights = `norm=${unitLength ? "left out" : "kept"}, detector score=${ignoreDetector ? "left out" : "weight"}`;
  return {
    members,
    templates,
    pooling: `${given === undefined ? "flip=sum, " : ""}${weights}, media averaged, then summed`,
  };

  /** Images are aligned by the points of the list. */
  async function embedAligned(): Promise<Embeddings> {
    const faces = await context.embedder();
    const encoded = ijbImages(images, members);
    const crops = {
      key: (index: number) => `points:${landmarks(index).flat().join()}`,
      cut: (...[image, index, contract]: CutArguments) =>
        alignFace(image, landmarks(index), alignmentTarget(contract)).catch((cause: unknown) => {
          if (!(cause instanceof OptionError)) throw cause;
          throw new DatasetError(`${source(index)}: ${cause.message}`, { cause });
        }),
    };
    const { embeddings } = await faces.embed({ ...encoded, crops }, { flip: "sum" });
    return embeddings;
  }
}

type IjbResult = Omit<TemplateVerification, "scores"> & ProtocolResult;

async function score(name: IjbName, inputs: IjbInputs, context: ProtocolContext): Promise<IjbResult> {
  const { members, templates, pooling } = await ijbTemplates(name, inputs, context);
  const pairs = await readIjbPairs(inputs.images, name, members);
  const { scores, ...result } = verifyTemplates(templates, pairs);
  return { ...result, protocol: name, variant: `${pooling}, score=inner product of unit templates` };
}

function describe({ templateCount, genuineCount, impostorCount, points, variant }: IjbResult): string[] {
  return [
    `${templateCount} templates, ${genuineCount} genuine and ${impostorCount} impostor pairs`,
    `variant     ${variant}`,
    ...points.flatMap(describePoint),
  ];
}

function describePoint({ far, strict, byPeople, nearest, nearestCorner }: TemplateOperatingPoint): string[] {
  const name = `TAR@FAR=${far}`.padEnd(18);
  const other = `nearest FAR ${describeNearest(nearest)}; among roc_curve's points ${describeNearest(nearestCorner)}`;
  if (strict.tar === null) return [`${name}not measurable: ${strict.reason}`, `${"".padEnd(18)}${other}`];
  const { low, high } = byPeople?.interval ?? strict.tarInterval;
  const interval = `95 % interval by people ${formatPercent(low)} to ${formatPercent(high)}`;
  return [
    `${name}${formatPercent(strict.tar)} (threshold ${strict.threshold.toFixed(3)}, ${interval})`,
    `${"".padEnd(18)}${other}`,
  ];
}

function describeNearest({ far, tar }: NearestFarPoint): string {
  return `${formatPercent(tar)} (FAR ${far === 0 ? "0" : far.toExponential(2)})`;
}

export const ijbb = defineProtocol({
  name: "ijbb",
  score: (inputs, context) => score("ijbb", inputs, context),
  describe,
});

export const ijbc = defineProtocol({
  name: "ijbc",
  score: (inputs, context) => score("ijbc", inputs, context),
  describe,
});
