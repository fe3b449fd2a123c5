import { copyFile, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { FaceError } from "../../../base/core/index.ts";
import type { Box } from "../../../base/image/index.ts";
import { CLUSTER_FAR, cluster } from "../../../faces/people/index.ts";
import type { Embeddings } from "../../../measure/eval/index.ts";
import { listImages, readImage } from "../../image-inputs.ts";
import { clearProgress, print, printJson, progress } from "../../output.ts";
import { decide, facesOrNote, openRecognition } from "../../recognition.ts";
import type { Flags } from "./options.ts";

type Face = { readonly image: string; readonly box: Box; readonly embedding: Float32Array };

export async function run(flags: Flags, paths: readonly string[]): Promise<void> {
  const { minimumSize, out, json } = flags;
  const images = await listImages(paths);
  const pipeline = await openRecognition(flags);
  try {
    const decision = await decide({ ...flags, far: flags.far ?? CLUSTER_FAR }, pipeline.embedder.id);
    const faces: Face[] = [];
    let done = 0;
    for await (const result of pipeline.stream(images, readImage)) {
      progress(`${++done} of ${images.length} photographs`);
      for (const { box, embedding } of facesOrNote(result) ?? []) faces.push({ image: result.item, box, embedding });
    }
    clearProgress();
    const { labels, clusterCount } = cluster(embeddingsOf(faces, images.length), { ...decision, minimumSize });
    const members = (label: number) =>
      faces.filter((_, row) => labels[row] === label).map(({ image, box }) => ({ image, box }));
    const clusters = Array.from({ length: clusterCount }, (_, label) => members(label));
    const unassigned = members(-1);
    if (out !== undefined) {
      const files = clusters.map((cluster) => cluster.map(({ image }) => image));
      await copyClusters(out, files);
    }
    if (json) printJson({ clusters, unassigned, ...decision, model: pipeline.embedder.id });
    else print(...describe(clusters, unassigned.length, faces.length));
  } finally {
    await pipeline.close();
  }
}

function embeddingsOf(faces: readonly Face[], imageCount: number): Embeddings {
  const [first] = faces;
  if (first === undefined) throw new FaceError(`no face in ${imageCount} photographs`);
  const size = first.embedding.length;
  const data = new Float32Array(faces.length * size);
  for (const [row, { embedding }] of faces.entries()) data.set(embedding, row * size);
  return { count: faces.length, size, data };
}

/** `OUT/person-001/…`; photographs of the same name from several folders are numbered. */
async function copyClusters(out: string, clusters: readonly (readonly string[])[]): Promise<void> {
  for (const [label, images] of clusters.entries()) {
    const folder = join(out, `person-${String(label + 1).padStart(3, "0")}`);
    await mkdir(folder, { recursive: true });
    for (const [i, image] of [...new Set(images)].entries()) {
      await copyFile(image, join(folder, `${String(i + 1).padStart(3, "0")}-${basename(image)}`));
    }
  }
}

function describe(
  clusters: readonly (readonly { image: string }[])[],
  unassignedCount: number,
  faceCount: number,
): string[] {
  return [
    ...clusters.map(
      (faces, label) => `person ${label + 1}, ${faces.length} faces: ${faces.map(({ image }) => image).join(", ")}`,
    ),
    `${clusters.length} people in ${faceCount} faces, ${unassignedCount} faces unassigned`,
  ];
}
