/** Protocols on one list of pairs, scored in its folds as LFW is: CALFW, CPLFW and AgeDB. */
import { type ListedPair, listedImages, readAgeDbPairs, readTwoLinePairs } from "../../base/benchmarks/index.ts";
import { describeFolds, type ScoredFolds, scoreFolds, withoutPairs } from "./fold-protocol.ts";
import type { InputsOf } from "./inputs.ts";
import { defineProtocol, type ProtocolContext, type ProtocolResult } from "./protocol.ts";

type ListName = "calfw" | "cplfw" | "agedb";

/** What the declarations below share: they differ in how the list is read. */
function ofList(protocol: ListName, readPairs: (path: string) => Promise<ListedPair[]>) {
  return {
    async score(
      { images, pairs, ...options }: InputsOf<ListName>,
      context: ProtocolContext,
    ): Promise<ScoredFolds & ProtocolResult> {
      const set = await listedImages(images, await readPairs(pairs));
      return { protocol, ...(await scoreFolds(set, options, context)) };
    },
    describe: describeFolds,
    toJson: withoutPairs<ScoredFolds & ProtocolResult>,
  };
}

export const calfw = defineProtocol({ name: "calfw", ...ofList("calfw", readTwoLinePairs) });
export const cplfw = defineProtocol({ name: "cplfw", ...ofList("cplfw", readTwoLinePairs) });
export const agedb = defineProtocol({ name: "agedb", ...ofList("agedb", readAgeDbPairs) });
