import { textDigest } from "../core/index.ts";
import { datasetDigest, type FaceDataset, type FaceSample } from "./face-dataset.ts";

/** A part of a data set: some of its people, with labels from 0 in the same order. Closing it closes the whole. */
export function selectPeople(dataset: FaceDataset, labels: ReadonlySet<number>): FaceDataset {
  const kept = [...labels].sort((a, b) => a - b);
  const newLabels = new Map(kept.map((label, index) => [label, index]));
  const indices = [...dataset.labels.keys()].filter((index) => labels.has(dataset.labels[index] ?? -1));
  const ownLabels = Uint32Array.from(indices, (index) => newLabels.get(dataset.labels[index] ?? -1) ?? 0);
  const at = (index: number): number => indices[index] ?? -1;
  const read = async (index: number): Promise<FaceSample> => ({
    ...(await dataset.read(at(index))),
    label: ownLabels[index] ?? 0,
  });
  return {
    identityCount: kept.length,
    sampleCount: indices.length,
    labels: ownLabels,
    source: (index) => dataset.source(at(index)),
    read,
    readBytes: (index) => dataset.readBytes(at(index)),
    digest: () => textDigest([datasetDigest(dataset), kept.join()]),
    ...(dataset.passedOver === undefined ? {} : { passedOver: dataset.passedOver }),
    close: () => dataset.close(),
    [Symbol.asyncIterator]: async function* () {
      for (let index = 0; index < indices.length; index++) yield await read(index);
    },
  };
}
