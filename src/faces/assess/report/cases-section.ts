import {
  casePages,
  dataTable,
  formatCosine,
  type Html,
  html,
  note,
  paragraph,
  type ReportImage,
  type ReportSection,
} from "../../../measure/report/index.ts";
import type { CaseImage, ShownCases, ShownPair } from "../hard-case-pages.ts";
import { imageText } from "./text.ts";

/** The hard cases, with images to leaf through or as tables. */
export function casesSection(cases: ShownCases, threshold: number | undefined): ReportSection {
  const { labels, genuine, impostor, hasImages } = cases;
  return {
    title: "Hard cases",
    body: [
      paragraph(
        "The pairs that the network gets most wrong. Many are errors of the folder, not of the network: a photograph under a wrong name, one person under two names, a face in the background. Correct those and assess again.",
      ),
      ...(hasImages
        ? [
            note(["This file holds photographs of people. Keep it where the photographs are kept."], "warning"),
            paragraph(html`<small>Choose a number, then move with the arrow keys.</small>`),
          ]
        : []),
      ...labelCases(cases, hasImages),
      ...pairCases(
        "genuine",
        "Genuine pairs with the lowest scores: one person, by the folders’ names",
        genuine,
        threshold,
        hasImages,
      ),
      ...pairCases(
        "impostor",
        "Impostor pairs with the highest scores: two people, by the folders’ names",
        impostor,
        threshold,
        hasImages,
      ),
      ...(labels.length + genuine.length + impostor.length === 0 ? [paragraph("There are no pairs to show.")] : []),
    ],
  };
}

function labelCases({ labels }: ShownCases, hasImages: boolean): Html[] {
  if (labels.length === 0) return [];
  const legend = "Labels to check: more alike another person than their own";
  if (!hasImages) {
    return [
      dataTable({
        caption: legend,
        columns: [
          { title: "Photograph" },
          { title: "Most alike of its person" },
          { title: "Score", align: "right" },
          { title: "Most alike of another" },
          { title: "Score", align: "right" },
        ],
        rows: labels.map(({ image, own, ownScore, other, otherScore }) => [
          imageText(image),
          imageText(own),
          formatCosine(ownScore),
          imageText(other),
          formatCosine(otherScore),
        ]),
      }),
    ];
  }
  return [
    casePages({
      id: "label",
      legend,
      noun: "Label",
      cases: labels.map(({ image, own, ownScore, other, otherScore }) => ({
        images: [
          ...shown(image, "the photograph"),
          ...shown(own, "most alike of its person"),
          ...shown(other, "most alike of another"),
        ],
        text: html`The first photograph, ${imageText(image)}, scores <b>${formatCosine(ownScore)}</b> with the most alike of its person, and
<b>${formatCosine(otherScore)}</b> with ${imageText(other)}.`,
      })),
    }),
  ];
}

function pairCases(
  id: string,
  legend: string,
  pairs: readonly ShownPair[],
  threshold: number | undefined,
  hasImages: boolean,
): Html[] {
  if (pairs.length === 0) return [];
  const decision = (score: number) => (threshold === undefined ? "" : score >= threshold ? "accepted" : "rejected");
  if (!hasImages) {
    return [
      dataTable({
        caption: legend,
        columns: [
          { title: "Left" },
          { title: "Right" },
          { title: "Score", align: "right" },
          { title: "At the threshold" },
        ],
        rows: pairs.map(({ left, right, score }) => [
          imageText(left),
          imageText(right),
          formatCosine(score),
          decision(score),
        ]),
      }),
    ];
  }
  return [
    casePages({
      id,
      legend,
      noun: "Pair",
      cases: pairs.map(({ left, right, score }) => ({
        images: [...shown(left), ...shown(right)],
        text: html`Score <b>${formatCosine(score)}</b>${threshold === undefined ? "" : `: ${decision(score)} at the threshold ${formatCosine(threshold)}`}.`,
      })),
    }),
  ];
}

/** None for a photograph that could not be read again. */
function shown(image: CaseImage, role?: string): ReportImage[] {
  const { dataUri } = image;
  if (dataUri === undefined) return [];
  const text = imageText(image);
  return [{ dataUri, description: `Face: ${text}`, caption: role === undefined ? text : `${role}: ${text}` }];
}
