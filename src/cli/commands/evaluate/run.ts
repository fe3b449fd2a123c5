import { existsSync } from "node:fs";
import { evaluateProtocol, type ProtocolName, protocols, requireInputs } from "../../../faces/benchmarks/index.ts";
import { findModel } from "../../../faces/models/index.ts";
import { given } from "../../given.ts";
import { interruption } from "../../interruption.ts";
import { clearProgress, print, printJson, progress } from "../../output.ts";
import { contractOverrides, sessionOptionsOf } from "../../recognition.ts";
import { watchFaces } from "../../watch-faces.ts";
import { type Flags, inputKeys } from "./options.ts";

export function run(flags: Flags, source: string | undefined): Promise<void> {
  return evaluate(flags.protocol, flags, source);
}

async function evaluate<Name extends ProtocolName>(
  name: Name,
  flags: Flags,
  source: string | undefined,
): Promise<void> {
  const { signal } = interruption("stopping without a result");
  const inputs = requireInputs(name, Object.fromEntries(inputKeys.map((key) => [key, flags[key]])));
  const result = await evaluateProtocol(name, inputs, {
    ...(source === undefined ? {} : { model: modelsOf(source) }),
    contract: contractOverrides(flags),
    detector: findModel(flags.detector ?? "default"),
    ...given({ smallestFace: flags.smallestFace, fuse: flags.fuse }),
    ...sessionOptionsOf(flags),
    ...(flags.keepEmbeddings ? {} : { store: null }),
    watch: (pipeline) => watchFaces(pipeline, pipeline.detector),
    onProgress: (done, total, what) => {
      signal.throwIfAborted();
      progress(`${done} of ${total} ${what}`);
    },
    signal,
  });
  clearProgress();
  if (flags.json) printJson({ ...protocols[name].toJson(result), protocol: name, model: result.model });
  else print(...protocols[name].describe(result));
}

/** The models that a word names, with commas between them; a file whose name has a comma is one model. */
function modelsOf(source: string): readonly string[] {
  return existsSync(source) ? [source] : source.split(",").map(findModel);
}
