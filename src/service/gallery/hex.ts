/** Bytes as lower-case hexadecimal digits; null for a column without a value. */
export function hex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString("hex");
}
