import { requireFields, requireKind } from "../../base/core/index.ts";
import { writeTogether } from "../../base/files/index.ts";
import type { AssessedFolder } from "./assess.ts";

/**
 * Writes the page, and the numbers as JSON beside it, both readable by their owner alone: they are about people.
 *
 * @param path of the page, such as "assessment.html".
 * @returns the path of the JSON file.
 */
export async function writeAssessment(path: string, assessed: AssessedFolder): Promise<string> {
  requireKind("path", path, "a text");
  requireFields("assessed folder", assessed, { assessment: "an object", page: "a text" });
  const { assessment, page } = assessed;
  const json = path.replace(/(\.html?)?$/i, ".json");
  await writeTogether(
    [
      { path, parts: [page] },
      { path: json, parts: [`${JSON.stringify(assessment, null, 2)}\n`] },
    ],
    { mode: 0o600, makeFolder: true },
  );
  return json;
}
