import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsePeopleGroups } from "../../base/data/index.ts";
import { encodeImage } from "../../base/image/index.ts";
import { comparePairGroups, describeGroups } from "./compare-pair-groups.ts";
import { lfw } from "./lfw.ts";
import type { ProtocolContext } from "./protocol.ts";

/** Twelve people of group a, and twelve of group b whose genuine pairs score lower; P25 has no group. */
const people = Array.from({ length: 25 }, (_, i) => `P${i}`);
const groupOf = (person: number) => (person < 12 ? "a" : person < 24 ? "b" : "");
const table = ["person,group", ...people.map((name, i) => `${name},${groupOf(i)}`), "Nobody,a"].join("\n");
/** Each person with the next five: pairs within a group and between the two. */
const impostors = people.flatMap((_, i) => [1, 2, 3, 4, 5].map((step) => [i, (i + step) % 25] as const));

describe("comparePairGroups", () => {
  const genuine = {
    people: people.flatMap((name) => [name, name]),
    scores: people.flatMap((_, i) => [0.6, i < 12 ? 0.6 : 0.4]),
  };
  const impostor = {
    left: impostors.map(([left]) => people[left]!),
    right: impostors.map(([, right]) => people[right]!),
    scores: impostors.map(([left, right]) => ((left + right) % 4 === 0 ? 0.7 : 0.1)),
  };
  const [compared] = comparePairGroups(parsePeopleGroups(table, "g.csv"), { genuine, impostor }, 0.5);

  it("counts the errors of each group, and people missing on either side", () => {
    expect(compared).toMatchObject({ name: "group", missingPersonCount: 1, unknownPersonCount: 1 });
    const [a, b] = compared?.comparison.groups ?? [];
    expect(a?.fnmr).toMatchObject({ rate: 0, pairCount: 24 });
    expect(b?.fnmr).toMatchObject({ rate: 0.5, pairCount: 24 });
    const within = impostors.filter(([left, right]) => left < 12 && right < 12);
    const accepted = within.filter(([left, right]) => (left + right) % 4 === 0);
    expect(a?.fmr).toMatchObject({ pairCount: within.length, errorCount: accepted.length });
  });

  it("describes them in lines, with what is undefined", () => {
    const lines = describeGroups(compared === undefined ? [] : [compared]);
    expect(lines[0]).toBe(
      "groups      by group at threshold 0.500; 1 people without a group, 1 of the table in no pair",
    );
    expect(lines.some((line) => /FNMR, highest \/ lowest: undefined \([\d.]+ to Infinity\)/.test(line))).toBe(true);
    expect(describeGroups()).toEqual([]);
  });
});

describe("the protocol lfw", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cosface-lfw-groups-"));
    const image = await encodeImage({ width: 8, height: 8, data: new Uint8Array(192).fill(90) }, { format: "png" });
    for (const name of people.slice(0, 24)) {
      await mkdir(join(folder, name));
      for (const number of [1, 2]) await writeFile(join(folder, name, `${name}_000${number}.png`), image);
    }
    await writeFile(join(folder, "groups.csv"), table);
    const set = (from: number) =>
      [
        ...people.slice(from, from + 12).map((name) => `${name}\t1\t2`),
        ...people.slice(from, from + 12).map((name, i) => `${name}\t1\t${people[from + ((i + 1) % 12)]}\t1`),
      ].join("\n");
    await writeFile(join(folder, "pairs.txt"), `2\t12\n${set(0)}\n${set(12)}\n`);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("compares the groups of the people whose folders its pairs name", async () => {
    const context: ProtocolContext = {
      embedder: async () => ({
        id: "rows",
        networkCount: 1,
        flip: "none",
        // Both images of a person in one direction, half of the people next to another's.
        embed: async ({ imageCount }) => {
          const data = Float32Array.from({ length: 2 * imageCount }, (_, i) => {
            const person = Math.floor(i / 4);
            return (i % 2 === 0 ? Math.cos : Math.sin)(person % 3 === 0 ? person : 0.1 * person);
          });
          return { embeddings: { count: imageCount, size: 2, data } };
        },
        close: async () => {},
      }),
      threads: 1,
      onProgress: () => {},
      signal: undefined,
    };
    const inputs = { images: folder, pairs: join(folder, "pairs.txt"), groups: join(folder, "groups.csv") };
    const result = await lfw.score(inputs, context);
    const [attribute] = result.groups ?? [];
    expect(attribute).toMatchObject({ name: "group", missingPersonCount: 0, unknownPersonCount: 1 });
    expect(attribute?.comparison.groups.map(({ personCount }) => personCount)).toEqual([12, 12]);
    expect(lfw.describe(result).some((line) => line.startsWith("groups      by group"))).toBe(true);
    const plain = await lfw.score({ images: folder, pairs: join(folder, "pairs.txt") }, context);
    expect(plain.groups).toBeUndefined();
  });
});
