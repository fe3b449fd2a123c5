/** A model card as Markdown. */
import { requireFields } from "../../base/core/index.ts";
import type { AssessedAttribute } from "../assess/index.ts";
import { describeSources } from "../people/index.ts";
import type { ModelCard } from "./model-card.ts";

const UNKNOWN = "unknown";

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const rate = (value: number) => value.toExponential(1);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The card as a page; it ends with a line break. */
export function renderCard(card: ModelCard): string {
  requireFields("model card", card, { name: "a text", contract: "an object", scores: "a list", thresholds: "a list" });
  const { contract, license, name, provenance } = card;
  const template = typeof contract.template === "string" ? contract.template : "five points of its own";
  const parts = [
    `# ${name}`,
    `Model card of ${card.date}. Whatever is not known is said to be unknown.`,
    "## Contract",
    table(
      ["", ""],
      [
        ["id, a digest over weights and contract", `\`${card.id}\``],
        ["input, height × width", contract.inputSize.join(" × ")],
        ["order of the color planes", contract.channels],
        ["preprocessing", `(pixel − ${contract.mean}) / ${contract.std}`],
        ["alignment template", template],
        ["use of the mirrored image", contract.flip],
        ["embedding", `${contract.embeddingSize} numbers${contract.output ? `, output ${contract.output}` : ""}`],
        ["licence", license ?? UNKNOWN],
      ],
    ),
    "## Provenance",
    ...provenanceOf(card),
    "## Scores",
    card.scores.length === 0
      ? `Accuracy: ${UNKNOWN}. \`cosface evaluate --json\` measures it.`
      : table(
          ["protocol", "accuracy", "95 %", "pairs"],
          card.scores.map(({ name: protocol, accuracy, interval, pairCount }) => [
            protocol,
            percent(accuracy),
            `${percent(interval.low)} to ${percent(interval.high)}`,
            pairCount.toLocaleString("en-US"),
          ]),
        ),
    "## Groups",
    ...(card.groups === null ? [`Error rates by group: ${UNKNOWN}.`] : card.groups.map(groupsOf)),
    "## Thresholds",
    ...thresholdsOf(card),
    "## Limits",
    card.limits.map((limit) => `- ${limit}`).join("\n"),
  ];
  if (provenance === null && license === null) parts.push("The licence is unknown: ask its author before you use it.");
  return `${parts.join("\n\n")}\n`;
}

function provenanceOf({ provenance, training }: ModelCard): string[] {
  if (training !== null) {
    const { dataSet, identityCount, imageCount, network, loss, iterations, batchSize, seed, startedFrom } = training;
    const [people, images] = [identityCount, imageCount].map((count) => count.toLocaleString("en-US"));
    const beginning =
      startedFrom === null ? "from random weights" : `from the weights of ${startedFrom}, whose data are ${UNKNOWN}`;
    return [
      `**Weights:** trained by \`cosface train\`: ${network}, loss \`${loss}\`, ${iterations} steps of ${batchSize} images, seed ${seed}; ${beginning}.`,
      `**Data:** ${dataSet}: ${images} images of ${people} people. Their consent, licence and groups: ${UNKNOWN} to this program; whoever trained it knows.`,
    ];
  }
  return [`**Weights:** ${provenance?.weights ?? UNKNOWN}.`, `**Data:** ${provenance?.data ?? UNKNOWN}.`];
}

function thresholdsOf({ thresholds }: ModelCard): string[] {
  if (thresholds.length === 0) return [`Thresholds: ${UNKNOWN}. \`cosface calibrate\` measures them.`];
  const rows = thresholds.map(({ far, threshold, farInterval, confidence, tar, sources }) => [
    far.toExponential(),
    threshold.toFixed(3),
    `${rate(farInterval.low)} to ${rate(farInterval.high)} (${100 * confidence} %)`,
    percent(tar),
    describeSources(sources),
  ]);
  return [table(["FAR", "threshold", "the true FAR", "genuine pairs accepted", "measured on"], rows)];
}

function groupsOf({ name, comparison }: AssessedAttribute): string {
  if (comparison.groups === null) return `By ${name}: ${UNKNOWN}, ${comparison.reason}`;
  const shown = (found: { readonly rate: number | null }) => (found.rate === null ? UNKNOWN : rate(found.rate));
  return [
    `By ${name}, at the threshold ${comparison.threshold.toFixed(3)}:`,
    "",
    table(
      ["group", "people", "FMR", "FNMR"],
      comparison.groups.map((group) => [group.name, String(group.personCount), shown(group.fmr), shown(group.fnmr)]),
    ),
  ].join("\n");
}
