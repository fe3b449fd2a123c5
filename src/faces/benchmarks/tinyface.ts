/** TinyFace: faces of low resolution, searched among distractors. */
import { readTinyFace } from "../../base/benchmarks/index.ts";
import { identifyByRows, type RowIdentification } from "../../measure/protocols/index.ts";
import { formatPercent } from "./describe-verification.ts";
import { defineProtocol, type ProtocolResult, shareOf } from "./protocol.ts";

export const tinyface = defineProtocol({
  name: "tinyface",
  async score({ images }, context): Promise<RowIdentification & ProtocolResult> {
    const { probes, gallery } = await readTinyFace(images);
    const faces = await context.embedder();
    const known = await faces.embed(probes, { what: "probes" });
    const others = await faces.embed(gallery, { what: "gallery images" });
    const result = await identifyByRows(
      { embeddings: known.embeddings, identities: probes.identities },
      { embeddings: others.embeddings, identities: gallery.identities },
      {
        ...(context.threads === undefined ? {} : { threads: context.threads }),
        onProgress: shareOf(context, "% of the comparisons"),
      },
    );
    return { ...result, protocol: "tinyface", variant: `flip=${faces.flip}, score=cosine, any mate within the rank` };
  },
  describe: ({ probeCount, galleryCount, ranks, variant }) => [
    `${probeCount} probes among ${galleryCount} gallery images`,
    `variant     ${variant}`,
    ...ranks.map(({ rank, strict, lenient }) => {
      const ties = strict === lenient ? "" : ` (${formatPercent(lenient)} with ties behind the mate)`;
      return `${`rank-${rank}`.padEnd(18)}${formatPercent(strict)}${ties}`;
    }),
  ],
});
