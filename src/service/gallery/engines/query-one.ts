import { InternalError } from "../../../base/core/index.ts";
import type { Connection, SqlValue } from "./database.ts";

/** The one row of a statement that always gives one, such as a count. */
export async function queryOne<Row>(connection: Connection, text: string, values?: readonly SqlValue[]): Promise<Row> {
  const [row] = await connection.query<Row>(text, values);
  if (row === undefined) throw new InternalError("internal: a statement gave no row, expected one");
  return row;
}
