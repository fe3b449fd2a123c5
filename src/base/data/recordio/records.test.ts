import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DatasetError } from "../../core/index.ts";
import { decodeImageRecord, encodeImageRecord, encodeRecord, recordAt } from "./records.ts";

const MAGIC = [0x0a, 0x23, 0xd7, 0xce];

/** A part as it lies in the file: flag 0–3 in the top three bits of the length. */
function part(flag: number, ...data: number[]): number[] {
  const padding = new Array((4 - (data.length % 4)) % 4).fill(0);
  return [...MAGIC, data.length, 0, 0, flag << 5, ...data, ...padding];
}

describe("recordAt and encodeRecord", () => {
  it.each([
    ["nothing", [], part(0)],
    ["data padded to four bytes", [1, 2, 3, 4, 5], part(0, 1, 2, 3, 4, 5)],
    ["the magic inside", [1, 2, 3, 4, ...MAGIC, 5], [...part(1, 1, 2, 3, 4), ...part(3, 5)]],
    ["the magic first and last", [...MAGIC, ...MAGIC], [...part(1), ...part(2), ...part(3)]],
    ["the magic at a place that no reader looks at", [1, ...MAGIC], part(0, 1, ...MAGIC)],
  ])("write and read %s", (_, data, bytes) => {
    expect([...encodeRecord(Uint8Array.from(data))]).toEqual(bytes);
    const record = recordAt(Uint8Array.from(bytes), 0)!;
    expect([...record.data]).toEqual(data);
    expect(record.next).toBe(bytes.length);
  });

  it("give any data back, whatever magics are in it, and never show one at a multiple of four but at parts", () => {
    const piece = fc.oneof(fc.constant(MAGIC), fc.array(fc.nat(255), { maxLength: 9 }));
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 6 }), { maxLength: 4 }), (records) => {
        const payloads = records.map((pieces) => Uint8Array.from(pieces.flat()));
        const file = Uint8Array.from(payloads.flatMap((payload) => [...encodeRecord(payload)]));
        let at = 0;
        for (const payload of payloads) {
          const record = recordAt(file, at)!;
          expect([...record.data]).toEqual([...payload]);
          at = record.next;
        }
        expect(at).toBe(file.length);
      }),
      { numRuns: 500 },
    );
  });

  it("is undefined for every way to cut a record off", () => {
    const record = encodeRecord(Uint8Array.of(1, 2, 3, 4, ...MAGIC, 5));
    for (let length = 0; length < record.length; length++) {
      expect(recordAt(record.subarray(0, length), 0)).toBeUndefined();
    }
  });

  it("says where no record starts, and which part is out of order", () => {
    const where = { name: "train.rec", start: 4000 };
    expect(() => recordAt(Uint8Array.of(...part(0), 1, 2, 3, 4, 0, 0, 0, 0), 8, where)).toThrow(
      new DatasetError("train.rec: no record at byte 4008: got 0x04030201, expected 0xced7230a"),
    );
    expect(() => recordAt(Uint8Array.from(part(2, 1)), 0)).toThrow("part at byte 0: got flag 2, expected 0 or 1");
    const twice = Uint8Array.from([...part(1, 1), ...part(1, 1)]);
    expect(() => recordAt(twice, 0)).toThrow("part at byte 12: got flag 1, expected 2 or 3");
  });
});

describe("face records", () => {
  const image = Uint8Array.of(0xff, 0xd8, 7);

  it("hold one label in the header: IfQQ", () => {
    const bytes = encodeImageRecord({ labels: [5], id: 258, image });
    const header = [0, 0, 0, 0, 0, 0, 0xa0, 0x40, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    expect([...bytes]).toEqual([...header, ...image]);
    expect(decodeImageRecord(bytes)).toEqual({ labels: [5], id: 258, image });
  });

  it("hold several labels behind it, with their number as the flag", () => {
    const bytes = encodeImageRecord({ labels: [1, 2], id: 0, image });
    expect(bytes).toHaveLength(24 + 8 + 3);
    expect(bytes[0]).toBe(2);
    expect(decodeImageRecord(bytes)).toEqual({ labels: [1, 2], id: 0, image });
  });

  it("are refused when shorter than their header", () => {
    expect(() => decodeImageRecord(new Uint8Array(23), "train.rec#7")).toThrow(
      new DatasetError("train.rec#7: got 23 bytes, expected an image header of 24"),
    );
    const bytes = encodeImageRecord({ labels: [1, 2], id: 0, image: new Uint8Array(0) });
    expect(() => decodeImageRecord(bytes.subarray(0, 31))).toThrow("expected an image header of 32");
  });
});
