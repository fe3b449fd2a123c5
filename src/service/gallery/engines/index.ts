export {
  decodeVector,
  encodeByteStrings,
  encodeInteger,
  encodeReal,
  encodeText,
  encodeUuid,
  encodeVector,
  encodeVectors,
  type TypeIds,
} from "./binary-format.ts";
export type { CopyField } from "./copy-format.ts";
export type { Connection, Database, SqlValue } from "./database.ts";
export { openDatabase } from "./open-database.ts";
export { queryOne } from "./query-one.ts";
