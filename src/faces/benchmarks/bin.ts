/** InsightFace's verification files, one or a folder of them. */
import { join } from "node:path";
import { isFolder, namesInFolder } from "../../base/benchmarks/index.ts";
import { DatasetError } from "../../base/core/index.ts";
import { readVerificationBin } from "../../base/data/index.ts";
import { describeFolds, describeTest, scoreFolds, withoutPairs } from "./fold-protocol.ts";
import { defineProtocol } from "./protocol.ts";

const ENDING = /\.bin$/i;

export const bin = defineProtocol({
  name: "bin",
  async score({ images, rule = "insightface" }, context) {
    const isOfFiles = await isFolder(images);
    const names = isOfFiles ? (await namesInFolder(images)).filter((name) => ENDING.test(name)) : [images];
    const tests = [];
    for (const name of names) {
      const set = await readVerificationBin(isOfFiles ? join(images, name) : name);
      const test = name.replace(/^.*[/\\]/, "").replace(ENDING, "");
      tests.push({ test, ...(await scoreFolds(set, { rule }, context)) });
    }
    const [first] = tests;
    if (first === undefined) throw new DatasetError("got a folder without NAME.bin, expected verification files");
    return { protocol: "bin", variant: first.variant, tests };
  },
  describe: ({ variant, tests }) => {
    const [first] = tests;
    if (first !== undefined && tests.length === 1)
      return [`test        ${first.test}`, ...describeFolds({ ...first, variant })];
    return [...tests.flatMap((test) => describeTest(test.test, test)), `variant     ${variant}`];
  },
  toJson: ({ tests, ...rest }) => ({ ...rest, tests: tests.map(withoutPairs) }),
});
