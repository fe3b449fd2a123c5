import { expect, it } from "vitest";
import { encodeCopy } from "./copy-format.ts";

const HEADER = "5047434f50590aff0d0a00" + "00000000" + "00000000";

it("writes rows as PostgreSQL's documentation has them, and vectors as vector_recv reads them", () => {
  const rows = [
    [Buffer.from("ab"), null],
    [Float32Array.of(1, -2), new Uint8Array(0)],
  ];
  const bytes = Buffer.concat([...encodeCopy(rows)]).toString("hex");
  const first = "0002" + "00000002" + "6162" + "ffffffff";
  const second = "0002" + "0000000c" + "00020000" + "3f800000" + "c0000000" + "00000000";
  expect(bytes).toBe(`${HEADER}${first}${second}ffff`);
});

it("hands on pieces that are the same bytes, however large a row is", () => {
  const sizes = [10, 60_000, 6000, 200_000, 0, 65_000];
  const rows = sizes.map((size, i) => [Buffer.alloc(size, i + 1)]);
  const pieces = [...encodeCopy(rows)];
  expect(pieces.length).toBeGreaterThan(3);
  const whole = rows.map(([bytes]) => {
    const head = Buffer.alloc(6);
    head.writeInt16BE(1);
    head.writeInt32BE(bytes!.length, 2);
    return Buffer.concat([head, bytes!]);
  });
  expect(Buffer.concat(pieces).equals(Buffer.concat([Buffer.from(HEADER, "hex"), ...whole, Buffer.of(255, 255)]))).toBe(
    true,
  );
});
