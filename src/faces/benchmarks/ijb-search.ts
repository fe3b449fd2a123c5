/** IJB-B and IJB-C, 1:N: probe templates searched in two galleries. */
import { type IjbName, readIjbSearches } from "../../base/benchmarks/index.ts";
import {
  identifyTemplates,
  type MeanSearch,
  type TemplateIdentification,
  type TpirPoint,
} from "../../measure/protocols/index.ts";
import { formatPercent } from "./describe-verification.ts";
import { ijbTemplates } from "./ijb.ts";
import type { InputsOf } from "./inputs.ts";
import { defineProtocol, type ProtocolContext, type ProtocolResult, shareOf } from "./protocol.ts";

type SearchResult = TemplateIdentification & ProtocolResult;

async function score(set: IjbName, inputs: InputsOf<"ijbc-1n">, context: ProtocolContext): Promise<SearchResult> {
  const { members, templates, pooling } = await ijbTemplates(set, inputs, context);
  const { probes, galleries } = await readIjbSearches(inputs.images, set, members);
  const result = identifyTemplates(templates, probes, galleries, { onProgress: shareOf(context, "% of the searches") });
  return { ...result, protocol: `${set}-1n`, variant: `${pooling}, score=inner product of unit templates` };
}

function describe({ joined, alone, mean, variant }: SearchResult): string[] {
  return [
    `${joined.searchCount} probes in galleries of ${alone.map(({ galleryCount }) => galleryCount).join(" and ")}`,
    `variant     ${variant}`,
    "each gallery alone, averaged:",
    ...describeSearch(mean),
    "both galleries joined, as InsightFace's script:",
    ...describeSearch(joined),
  ];
}

function describeSearch({ ranks, byPairs, bySearches }: MeanSearch): string[] {
  return [
    ...ranks.map(({ rank, strict, lenient }) => {
      const ties = strict === lenient ? "" : ` (${formatPercent(lenient)} with ties behind the mate)`;
      return `  ${`rank-${rank}`.padEnd(18)}${formatPercent(strict)}${ties}`;
    }),
    ...bySearches.map((point) => describeTpir(point, "by searches")),
    ...byPairs.map((point) => describeTpir(point, "by pairs, as InsightFace's script")),
  ];
}

function describeTpir({ fpir, tpir, rankOneTpir }: Omit<TpirPoint, "threshold">, how: string): string {
  const rankOne = tpir === rankOneTpir ? "" : `, ${formatPercent(rankOneTpir)} at rank 1`;
  return `  ${`TPIR@FPIR=${fpir}`.padEnd(18)}${formatPercent(tpir)}${rankOne} (${how})`;
}

export const ijbbSearch = defineProtocol({
  name: "ijbb-1n",
  score: (inputs, context) => score("ijbb", inputs, context),
  describe,
});

export const ijbcSearch = defineProtocol({
  name: "ijbc-1n",
  score: (inputs, context) => score("ijbc", inputs, context),
  describe,
});
