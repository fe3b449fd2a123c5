import { describe, expect, expectTypeOf, it } from "vitest";
import { commands } from "./commands/index.ts";
import { type Command, defineOptions, type FlagsOf, flagOf, type Options } from "./declaration.ts";
import { parseCount } from "./parse.ts";

const declarations = (await Promise.all(Object.values(commands).map((load) => load()))).flatMap((declaration) =>
  "commands" in declaration
    ? declaration.commands.map((part): [string, Command] => [`${declaration.name} ${part.name}`, part])
    : ([[declaration.name, declaration]] as [string, Command][]),
);

describe("the types of flags", () => {
  it("derive from the options", () => {
    const _options = defineOptions({
      size: { value: "n", parse: parseCount, default: 3, help: "" },
      rule: { value: "rule", choices: ["a", "b"], help: "" },
      file: { value: "file", required: true, help: "" },
      cache: { isOn: true, help: "" },
      json: { help: "" },
    });
    expectTypeOf<FlagsOf<typeof _options>>().branded.toEqualTypeOf<{
      readonly size: number;
      readonly rule?: "a" | "b";
      readonly file: string;
      readonly cache: boolean;
      readonly json?: boolean;
    }>();
  });
});

describe("flagOf", () => {
  it("writes a key with hyphens, unless the option names its flag", () => {
    expect(flagOf("smallestFace")).toBe("--smallest-face");
    expect(flagOf("m1")).toBe("--m1");
    expect(flagOf("keepCrops", { flag: "--keep-pictures" })).toBe("--keep-pictures");
  });
});

describe.each(declarations)("the declaration of %s", (_name, { options, examples, notes = "", name }) => {
  it("names options and values that exist where one needs or excludes another", () => {
    for (const [key, { needs = {}, conflicts = [] }] of Object.entries(options)) {
      for (const other of [...conflicts, ...Object.keys(needs)]) expect(options, key).toHaveProperty(other);
      for (const [other, values] of Object.entries(needs)) {
        if (values !== true)
          expect((options as Options)[other]?.choices, key).toEqual(expect.arrayContaining([...values]));
      }
    }
  });

  it("has a flag for each option, and shows examples that use existing ones", () => {
    const flags = Object.entries(options).map(([key, option]) => {
      const flag = flagOf(key, option);
      return "isOn" in option && option.isOn ? flag.replace("--", "--no-") : flag;
    });
    expect(new Set(flags).size).toBe(flags.length);
    const own = examples.filter((line) => new RegExp(`cosface (?:\\w+ )?${name}\\b`).test(line));
    expect(own.length).toBeGreaterThan(0);
    for (const flag of own.flatMap((line) => line.match(/--[a-z0-9-]+/g) ?? [])) expect(flags).toContain(flag);
  });

  it("fits into 80 columns", () => {
    for (const line of notes.split("\n")) expect(line.length, line).toBeLessThanOrEqual(84);
  });
});
