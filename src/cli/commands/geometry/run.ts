/** `cosface geometry`: the positions of a run's class centers, and of the faces that it was trained on around them. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FaceDataset, type FolderDataset, openDataset } from "../../../base/data/index.ts";
import { encodeImage } from "../../../base/image/index.ts";
import type { CenterPair } from "../../../measure/hypersphere/index.ts";
import {
  formatCount,
  geometryFigures,
  geometrySection,
  type ReportImage,
  reportPage,
  writeFigures,
} from "../../../measure/report/index.ts";
import {
  type RunGeometry,
  readLogIn,
  runGeometry,
  type StrayImage,
  strayImages,
} from "../../../training/train/index.ts";
import { centerHistory } from "../../center-history.ts";
import { interruption, stoppable } from "../../interruption.ts";
import { clearProgress, formatPercent, note, print, printJson } from "../../output.ts";
import type { Flags } from "./options.ts";

export async function run(flags: Flags, folder: string): Promise<void> {
  const { data, samples, pairs, showImages, json } = flags;
  const dataset = await openDataset(data);
  try {
    const geometry = await runGeometry(folder, dataset, {
      sampleCount: samples,
      closestPairCount: pairs,
      onProgress: stoppable(interruption("stopping without a result").signal, "images"),
    });
    clearProgress();
    for (const text of geometry.notes) note(text);
    for (const { source, reason } of geometry.brokenImages) note(`skipped ${source}: ${reason}`);
    const { identityCount, centers } = geometry;
    if (centers.identities < identityCount) {
      note(`${centers.identities} of ${identityCount} class centers are measured, evenly spaced, with their images`);
    }
    const section = {
      ...geometry,
      history: centerHistory(readLogIn(folder)),
      ...(showImages ? { pairImages: await imagesOf(dataset, geometry.centers.closestPairs) } : {}),
    };
    const report = join(folder, "geometry.html");
    const page = reportPage({
      title: "Where the class centers lie",
      lead: `After ${formatCount(geometry.iteration)} steps.`,
      sections: [geometrySection(section)],
      footer: "Made by cosface",
    });
    await writeFile(report, page);
    const figures = Object.entries(geometryFigures(section)).map(([name, { svg }]) => [name, svg] as const);
    await writeFigures(join(folder, "geometry"), Object.fromEntries(figures));
    const strays = flags.strays === undefined ? undefined : await writeStrays(folder, dataset, flags.strays, flags);
    if (json) printJson({ ...summarize(geometry), report, ...(strays === undefined ? {} : { strays }) });
    else print(...describe(geometry), ...(strays === undefined ? [] : [describeStrays(strays)]), report);
  } finally {
    await dataset.close();
  }
}

/** What was listed. */
type Strays = { readonly file: string; readonly degrees: number; readonly count: number; readonly imageCount: number };

/** Lists the images that lie far from their identity's dominant center, the farthest first. */
async function writeStrays(
  folder: string,
  dataset: FaceDataset,
  file: string,
  { strayDegrees: degrees = 75 }: Flags,
): Promise<Strays> {
  const { strays, imageCount } = await strayImages(folder, dataset, {
    degrees,
    onProgress: stoppable(interruption("stopping without a list").signal, "images"),
  });
  clearProgress();
  await writeFile(file, strays.map((stray) => `${nameOf(dataset, stray)}\t${stray.degrees.toFixed(1)}\n`).join(""));
  return { file, degrees, count: strays.length, imageCount };
}

/** How the list names an image: by its path in a folder of faces, which a message may not show, else by its source. */
function nameOf(dataset: FaceDataset | FolderDataset, { index, source }: StrayImage): string {
  return "relativePath" in dataset ? dataset.relativePath(index) : source;
}

function describeStrays({ file, degrees, count, imageCount }: Strays): string {
  return `${count} of ${imageCount} images are farther than ${degrees}° from their identity's center: ${file}`;
}

function summarize({ iteration, centers, samples }: RunGeometry) {
  const { identities, dimension, meanNearestDegrees, minimumAngleDegrees, meanPairDegrees, marginLeft } = centers;
  return {
    iteration,
    identities,
    dimension,
    meanNearestDegrees,
    minimumAngleDegrees,
    meanPairDegrees,
    marginLeft,
    limitAngleDegrees: centers.best.limitAngleDegrees,
    shortfallDegrees: centers.shortfallDegrees,
    closestPairs: centers.closestPairs,
    ...(samples === undefined
      ? {}
      : {
          samples: {
            count: samples.margin.length,
            meanOwnDegrees: samples.meanOwnDegrees,
            meanNearestOtherDegrees: samples.meanNearestOtherDegrees,
            meanMargin: samples.meanMargin,
            correctShare: samples.correctShare,
          },
        }),
  };
}

function describe({ centers, samples }: RunGeometry): string[] {
  const { identities, dimension, meanNearestDegrees, minimumAngleDegrees, best, closestPairs } = centers;
  const row = (name: string, value: string) => `${name.padEnd(26)}${value}`;
  return [
    row("class centers", `${identities} in ${dimension} dimensions`),
    row("nearest other center", `${meanNearestDegrees.toFixed(2)}° on average`),
    row(
      "two nearest centers",
      `${minimumAngleDegrees.toFixed(2)}° apart; no arrangement has more than ${best.limitAngleDegrees.toFixed(2)}°`,
    ),
    ...(samples === undefined
      ? []
      : [
          row("image to its own center", `${samples.meanOwnDegrees.toFixed(2)}° on average`),
          row("image to nearest other", `${samples.meanNearestOtherDegrees.toFixed(2)}° on average`),
          row("margin reached", `${samples.meanMargin.toFixed(3)} on average, of ${samples.margin.length} images`),
          row("own center is nearest", `${formatPercent(samples.correctShare)} of these images`),
        ]),
    ...closestPairs
      .slice(0, 3)
      .map(({ first, second, cosine }) =>
        row("close centers", `labels ${first} and ${second}, cosine ${cosine.toFixed(3)}`),
      ),
  ];
}

/** The first image of each identity of some pairs, as the page shows them. */
async function imagesOf(dataset: FaceDataset, pairs: readonly CenterPair[]): Promise<[ReportImage, ReportImage][]> {
  const imageOf = async (label: number): Promise<ReportImage> => {
    const { image } = await dataset.read(dataset.labels.indexOf(label));
    const bytes = Buffer.from(await encodeImage(image, { format: "jpeg" }));
    return { dataUri: `data:image/jpeg;base64,${bytes.toString("base64")}`, description: `identity ${label}` };
  };
  return Promise.all(
    pairs.map(
      async ({ first, second }): Promise<[ReportImage, ReportImage]> => [await imageOf(first), await imageOf(second)],
    ),
  );
}
