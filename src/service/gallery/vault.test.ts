import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GalleryError, OptionError } from "../../base/core/index.ts";
import { Vault } from "./vault.ts";

const [first, second] = [randomBytes(32), randomBytes(32)];

describe("a vault", () => {
  it("opens what it sealed, for the same owner", () => {
    const vault = new Vault([first]);
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (plain, owner) => {
        expect(new Uint8Array(vault.open(vault.seal(plain, owner), owner))).toEqual(plain);
      }),
    );
  });

  it("seals the same bytes differently each time", () => {
    const vault = new Vault([first]);
    expect(vault.seal(Buffer.from("a"), "b").equals(vault.seal(Buffer.from("a"), "b"))).toBe(false);
  });

  it("refuses any changed byte, and another owner", () => {
    const vault = new Vault([first]);
    const sealed = vault.seal(Buffer.from("embedding"), "template 1");
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i] = changed[i]! ^ 1;
      expect(() => vault.open(changed, "template 1")).toThrow(GalleryError);
    }
    expect(() => vault.open(sealed, "template 2")).toThrow(GalleryError);
    expect(() => vault.open(sealed.subarray(0, 10), "template 1")).toThrow(GalleryError);
  });

  it("opens with an older key, and seals with the first", () => {
    const sealed = new Vault([first]).seal(Buffer.from("a"), "b");
    const both = new Vault([second, first]);
    expect(both.open(sealed, "b").toString()).toBe("a");
    expect(() => new Vault([second]).open(sealed, "b")).toThrow(/key that was not given/);
    expect(new Vault([second]).open(both.seal(Buffer.from("c"), "d"), "d").toString()).toBe("c");
  });

  it("takes keys of 32 bytes", () => {
    expect(() => new Vault([randomBytes(16)])).toThrow(OptionError);
  });
});
