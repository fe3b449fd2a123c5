import { describe, expect, it } from "vitest";
import { input, printGraph, shareEqualNodes } from "../../compiler/graph/index.ts";
import { Scope } from "../nn/index.ts";
import { buildLoss } from "./build-loss.ts";
import { lossDefinitions } from "./registry.ts";
import { WholeLossScope } from "./whole-loss-scope.ts";

/** The graph of a loss for four images of five identities, with the numbers of a step as inputs. */
function printed(name: string): string {
  const definition = lossDefinitions.find((loss) => loss.name === name);
  if (definition === undefined) throw new Error(`no loss ${name}`);
  const store = new Scope(true);
  const scope = new WholeLossScope({
    embeddings: input("embeddings", "f32", [4, 3]),
    labels: input("labels", "i32", [4]),
    identityCount: 5,
    store,
    hasStepInputs: true,
  });
  const loss = buildLoss(definition.create(), scope);
  const next = Object.fromEntries(store.statistics.map((statistic) => [`next/${statistic.name}`, statistic.next]));
  return `${printGraph(shareEqualNodes({ name, outputs: { loss, ...next } }))}\n`;
}

describe("the graph of each loss", () => {
  it.each(lossDefinitions.map(({ name }) => name))("%s is as printed in graphs/", async (name) => {
    await expect(printed(name)).toMatchFileSnapshot(`graphs/${name}.txt`);
  });
});
