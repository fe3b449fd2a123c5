import { DEFAULT_EMBEDDER, openEmbedder } from "../../../../faces/embedder/index.ts";
import { builtInDetectors } from "../../../../faces/face/index.ts";
import { modelFolder, pulledModels } from "../../../../faces/models/index.ts";
import { formatBytes, formatQuantity, print, printJson } from "../../../output.ts";
import { about, describeContract } from "../about.ts";
import type { Flags } from "./options.ts";

export async function run({ json }: Flags): Promise<void> {
  const embedder = await openEmbedder(DEFAULT_EMBEDDER);
  await embedder.close();
  const builtIn = { name: DEFAULT_EMBEDDER, package: "@vladmandic/face-api", ...about(embedder) };
  const folder = modelFolder();
  const pulled = await pulledModels(folder);
  if (json) return printJson({ embedders: [builtIn], detectors: builtInDetectors, folder, pulled });
  print(
    `embedder  ${builtIn.name}: ${builtIn.package}; ${builtIn.license}; id ${builtIn.id}, ${describeContract(embedder)}`,
    ...builtInDetectors.map((one) => `detector  ${one.name}: ${one.network}; ${one.package}; ${one.license}`),
    ...pulled.map((one) => `pulled    ${one.name}: ${formatBytes(one.byteCount)}`),
    `${formatQuantity(pulled.length, "model")} in ${folder}`,
  );
}
