/** MegaFace from the devkit's own lists and feature files, which any program may have written. */
import {
  type MegaFaceList,
  readDistractorList,
  readMegaFaceFeatures,
  readNoise,
  readProbeList,
} from "../../base/benchmarks/index.ts";
import { DatasetError, OptionError } from "../../base/core/index.ts";
import type { Embeddings, LabeledEmbeddings } from "../../measure/eval/index.ts";
import { clearNoisyDistractors, replaceNoisyProbes } from "../../measure/protocols/index.ts";
import type { InputsOf } from "./inputs.ts";
import type { ProtocolContext } from "./protocol.ts";

/** Features of known people and of distractors. */
export type MegaFaceSets = { readonly known: LabeledEmbeddings; readonly others: Embeddings; readonly noise: string };

/** Whether features are read instead of images. */
export function hasFeatureLists({
  probeList,
  distractorList,
  probeNoise,
  distractorNoise,
}: InputsOf<"megaface">): boolean {
  return [probeList, distractorList, probeNoise, distractorNoise].some((file) => file !== undefined);
}

/**
 * Reads the features of the photographs of both lists; noisy ones are replaced where noise lists are given.
 *
 * @throws {OptionError} when one of the two lists is missing.
 * @throws {DatasetError} with the entry of a list that does not fit.
 */
export async function readMegaFaceSets(inputs: InputsOf<"megaface">, context: ProtocolContext): Promise<MegaFaceSets> {
  const { images, distractors, probeList, distractorList, probeNoise, distractorNoise } = inputs;
  if (probeList === undefined || distractorList === undefined) {
    throw new OptionError("--protocol megaface needs --probe-list and --distractor-list together");
  }
  const [probes, others] = [await readProbeList(probeList), await readDistractorList(distractorList)];
  const knownFeatures = await features(images, probes, "probes");
  const otherFeatures = await features(distractors, others, "distractors");
  if (knownFeatures.size !== otherFeatures.size) {
    const got = `${knownFeatures.size} numbers for probes and ${otherFeatures.size} for distractors`;
    throw new DatasetError(`got features of ${got}, expected the same network's`);
  }
  const { identities } = probes;
  const known =
    probeNoise === undefined
      ? knownFeatures
      : replaceNoisyProbes({ embeddings: knownFeatures, identities }, await readNoise(probeNoise, probes, 1));
  if (distractorNoise !== undefined) {
    clearNoisyDistractors(otherFeatures, await readNoise(distractorNoise, others, 3));
  }
  return {
    known: { embeddings: known, identities },
    others: otherFeatures,
    noise: `noisy probes ${probeNoise === undefined ? "kept" : "replaced"}, noisy distractors ${distractorNoise === undefined ? "kept" : "cleared"}`,
  };

  function features(folder: string, list: MegaFaceList, what: string): Promise<Embeddings> {
    return readMegaFaceFeatures(folder, list, (done, total) => {
      context.signal?.throwIfAborted();
      context.onProgress(done, total, what);
    });
  }
}
