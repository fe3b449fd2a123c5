/**
 * TensorBoard event files: TFRecord frames (length, its checksum, payload, its checksum) that hold `Event` messages.
 * The three messages are written with protobuf's wire writer, since no package brings TensorBoard's schema.
 *
 * @see tensorflow/core/util/event.proto and tensorflow/core/lib/io/record_writer.h
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** CRC-32C (Castagnoli), reflected polynomial 0x82F63B78. */
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** TFRecord masks its checksums, since it may hold records that hold checksums. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function frame(payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(payload.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(payload.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(payload, 12);
  view.setUint32(12 + payload.length, maskedCrc(payload), true);
  return record;
}

/** The record that every event file begins with. */
export function fileHeader(seconds: number): Uint8Array {
  return frame(
    new BinaryWriter()
      .tag(1, WireType.Bit64)
      .double(seconds)
      .tag(3, WireType.LengthDelimited)
      .string("brain.Event:2")
      .finish(),
  );
}

/** One record: scalars of a step, by tag. */
export function scalarEvent(seconds: number, step: number, scalars: Readonly<Record<string, number>>): Uint8Array {
  const summary = new BinaryWriter();
  for (const [tag, value] of Object.entries(scalars)) {
    summary.tag(1, WireType.LengthDelimited).fork();
    summary.tag(1, WireType.LengthDelimited).string(tag).tag(2, WireType.Bit32).float(value).join();
  }
  const event = new BinaryWriter().tag(1, WireType.Bit64).double(seconds).tag(2, WireType.Varint).int64(step);
  return frame(event.tag(5, WireType.LengthDelimited).bytes(summary.finish()).finish());
}
