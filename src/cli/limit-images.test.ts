import { afterEach, describe, expect, it } from "vitest";
import { decodeImage, encodeImage, setDecodeLimits } from "../base/image/index.ts";
import { commands } from "./commands/index.ts";
import type { Command, CommandGroup } from "./declaration.ts";
import { limitImages } from "./limit-images.ts";
import { imageLimitOptions } from "./options/shared.ts";

afterEach(() => setDecodeLimits({ maxPixels: 50_000_000, maxSide: 65_535 }));

describe("limitImages", () => {
  it("sets the limits that flags give as numbers, and leaves texts of settings to others", async () => {
    const image = await encodeImage({ width: 9, height: 4, data: new Uint8Array(108) }, { format: "png" });
    await limitImages({ maxPixels: "1", json: true });
    expect(await decodeImage(image)).toMatchObject({ width: 9 });
    await limitImages({ maxSide: 8 });
    await expect(decodeImage(image)).rejects.toThrow(
      "png: got an image of 9×4 pixels, expected sides of at most 8 (option maxSide, flag --max-side)",
    );
  });
});

describe("commands", () => {
  const names = Object.keys(imageLimitOptions);

  it("that read images have a flag for each limit", async () => {
    const loaded = await Promise.all(Object.values(commands).map((load): Promise<Command | CommandGroup> => load()));
    const all = loaded.flatMap((command) => ("commands" in command ? command.commands : [command]));
    const withFlags = all.filter(({ options }) => names.some((name) => name in options));
    for (const { name, options } of withFlags) {
      expect(Object.keys(options), name).toEqual(expect.arrayContaining(names));
    }
    expect(withFlags.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...["align", "calibrate", "cluster", "detect", "embed", "enroll", "evaluate", "geometry", "identify"],
        ...["losses", "margin", "normalization", "pack", "reembed", "scale", "serve", "toy", "train", "verify"],
      ]),
    );
  });
});
