/**
 * Whether the intervals of `cosface assess` hold on other people: the people of a folder are split at random into two
 * halves, many times. Each half states a rate with its interval at the threshold that was found on the first; the
 * interval of their difference (Zou and Donner's, from both intervals, in logarithms for rates) should hold 0 as often
 * as the confidence says. Then ten photographs are given to other people, and the report's list of doubtful labels is
 * searched for them. Networks run once; their embeddings are kept.
 *
 *   tsx bench/assess-splits.ts FOLDER [SPLITS] > result.json
 */
import { random } from "../src/base/core/index.ts";
import { describeMachine } from "../src/cli/machine.ts";
import { measuredImages } from "../src/faces/assess/check-folder.ts";
import { hardPairs } from "../src/faces/assess/hard-pairs.ts";
import { searchOpenSet } from "../src/faces/assess/open-set.ts";
import { surveyFolder } from "../src/faces/assess/survey-folder.ts";
import { embeddingsStore } from "../src/faces/benchmarks/index.ts";
import { openFaces } from "../src/faces/face/index.ts";
import {
  calibratePeople,
  crossPairs,
  type Interval,
  type LabeledEmbeddings,
  measureThreshold,
} from "../src/measure/eval/index.ts";

const SEED = 1;
const FARS = [0.01, 0.001];
const FPIR = 0.1;
const GALLERY_SIZE = 100;
const PLANTED = 10;
const SEARCHED_SHARE = 0.4;

const [folder = "", splits = "100"] = process.argv.slice(2);
const splitCount = Number(splits);

type People = LabeledEmbeddings & { readonly identities: readonly number[] };
type Estimate = { readonly value: number; readonly interval: Interval };

const all = await embedFolder();
const people = [...new Set(all.identities)];
const held = new Map<string, { held: number; count: number; width: number }>();
for (let split = 0; split < splitCount; split++) {
  const order = random(SEED, "halves", split).permutation(people.length);
  const inFirst = new Set(Array.from(order.subarray(0, people.length >> 1), (index) => people[index]));
  const [first, second] = [true, false].map((isFirst) => rowsWhere(all, (person) => inFirst.has(person) === isFirst));
  if (first === undefined || second === undefined) break;
  comparePairs(first, second);
  // Searches take ten times as long as all pairs.
  if (split < splitCount * SEARCHED_SHARE) compareSearches(first, second, split);
  process.stderr.write(`\r${split + 1} of ${splitCount} splits`);
}
const found = plantLabels();
const metrics = [
  ...[...held].map(([figure, { held: count, count: of, width }]) => ({
    figure,
    splits: of,
    held: count / of,
    width: width / of,
  })),
  ...found,
];
const result = {
  command: `npx tsx bench/assess-splits.ts lfw/photos ${splitCount}`,
  seed: SEED,
  commit: null,
  machine: describeMachine(),
  date: new Date().toISOString().slice(0, 10),
  columns: [
    { key: "figure", title: "figure" },
    { key: "splits", title: "splits" },
    { key: "held", title: "interval holds, of 95 % promised", unit: "%", digits: 0 },
    { key: "width", title: "high end over estimate, mean", digits: 2 },
    { key: "first", title: "planted among the first ten", digits: 1 },
    { key: "shown", title: "among the twenty shown", digits: 1 },
  ],
  metrics,
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);

async function embedFolder(): Promise<People> {
  const faces = await openFaces();
  try {
    const survey = await surveyFolder(folder, faces, {
      store: embeddingsStore(),
      detection: "{}",
      onProgress: (done, total) => process.stderr.write(`\r${done} of ${total} photographs`),
      signal: undefined,
    });
    const images = measuredImages(survey);
    const size = images[0]?.facts.embedding.length ?? 0;
    const data = new Float32Array(images.length * size);
    for (const [row, { facts }] of images.entries()) data.set(facts.embedding, row * size);
    return { embeddings: { count: images.length, size, data }, identities: images.map(({ person }) => person) };
  } finally {
    await faces.close();
  }
}

function rowsWhere({ embeddings, identities }: People, isTaken: (person: number) => boolean): People {
  const { size, data } = embeddings;
  const rows = identities.flatMap((person, row) => (isTaken(person) ? [row] : []));
  const part = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) part.set(data.subarray(row * size, (row + 1) * size), i * size);
  return {
    embeddings: { count: rows.length, size, data: part },
    identities: rows.map((row) => identities[row] ?? -1),
  };
}

/** FMR, FNMR and the threshold, of all pairs. */
function comparePairs(first: People, second: People): void {
  const [pairs, others] = [crossPairs(first), crossPairs(second)];
  const [own, theirs] = [calibratePeople(pairs, FARS), calibratePeople(others, FARS)];
  for (const [i, far] of FARS.entries()) {
    const [found, again] = [own[i], theirs[i]];
    if (found === undefined || found.tar === null) continue;
    const measured = measureThreshold(others, found.threshold);
    const rate = found.falseAcceptCount / found.impostorCount;
    compare(`FMR ${far}`, logOf(rate, found.farInterval), logOf(measured.far, measured.farInterval));
    compare(
      `FNMR at FMR ${far}`,
      logOf(1 - found.tar, complement(found.tarInterval)),
      logOf(1 - measured.tar, complement(measured.tarInterval)),
    );
    if (again === undefined || again.tar === null) continue;
    compare(
      `threshold for FMR ${far}`,
      { value: found.threshold, interval: found.thresholdInterval },
      { value: again.threshold, interval: again.thresholdInterval },
    );
  }
}

/** FPIR and FNIR at the threshold that the first half gives for a FPIR. */
function compareSearches(first: People, second: People, split: number): void {
  const options = {
    fpirs: [FPIR],
    repeats: 3,
    seed: split,
    confidence: 0.95,
    gallerySize: GALLERY_SIZE,
    threshold: undefined,
    onProgress: () => {},
  };
  const found = searchOpenSet(first, options).find(({ gallerySize }) => gallerySize === GALLERY_SIZE)?.points[0];
  if (found === undefined || found.reason !== undefined) return;
  const again = searchOpenSet(second, { ...options, threshold: found.threshold });
  const fixed = again.find(({ gallerySize }) => gallerySize === GALLERY_SIZE)?.fixed;
  if (fixed === null || fixed === undefined) return;
  for (const [name, kind] of [
    ["FPIR", "falsePositives"],
    ["FNIR", "falseNegatives"],
  ] as const) {
    compare(
      `${name} at FPIR ${FPIR} among ${GALLERY_SIZE}`,
      logOf(found[kind].rate, found[kind].interval),
      logOf(fixed[kind].rate, fixed[kind].interval),
    );
  }
}

/** Counts whether the interval of the difference holds 0. */
function compare(figure: string, first: Estimate, second: Estimate): void {
  const difference = first.value - second.value;
  const below = Math.hypot(first.value - first.interval.low, second.interval.high - second.value);
  const above = Math.hypot(first.interval.high - first.value, second.value - second.interval.low);
  const holds = difference - below <= 0 && difference + above >= 0;
  const before = held.get(figure) ?? { held: 0, count: 0, width: 0 };
  const width = figure.startsWith("threshold") ? Number.NaN : Math.exp(first.interval.high - first.value);
  held.set(figure, { held: before.held + Number(holds), count: before.count + 1, width: before.width + width });
}

function logOf(rate: number, { low, high }: Interval): Estimate {
  return { value: Math.log(rate), interval: { low: Math.log(low), high: Math.log(high) } };
}

function complement({ low, high }: Interval): Interval {
  return { low: 1 - high, high: 1 - low };
}

/** Gives ten photographs of people with several to other people, twenty times over. */
function plantLabels() {
  const repeats = 20;
  const threshold = calibratePeople(crossPairs(all), [0.001])[0]?.threshold ?? undefined;
  let [first, shown] = [0, 0];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const stream = random(SEED, "planted labels", repeat);
    const identities = [...all.identities];
    const counts = new Map<number, number>();
    for (const person of identities) counts.set(person, (counts.get(person) ?? 0) + 1);
    const planted = new Set<number>();
    for (const row of stream.permutation(identities.length)) {
      const person = identities[row] ?? -1;
      if (planted.size === PLANTED) break;
      if ((counts.get(person) ?? 0) < 2) continue;
      counts.set(person, (counts.get(person) ?? 0) - 1);
      const others = people.filter((other) => other !== person);
      identities[row] = others[stream.integer(others.length)] ?? -1;
      planted.add(row);
    }
    const { labels } = hardPairs({ embeddings: all.embeddings, identities }, 20, threshold);
    const isPlanted = labels.map(({ row }) => planted.has(row));
    first += isPlanted.slice(0, PLANTED).filter(Boolean).length;
    shown += isPlanted.filter(Boolean).length;
  }
  return [
    {
      figure: `${PLANTED} wrong labels, mean of ${repeats} draws`,
      splits: null,
      held: null,
      width: null,
      first: first / repeats,
      shown: shown / repeats,
    },
  ];
}
