import { expect, it } from "vitest";
import { openDatabase } from "./open-database.ts";

const server = process.env.COSFACE_TEST_DATABASE_URL;

it.skipIf(server === undefined)(
  "lets the server's address change settings of the search, and keeps the others",
  async () => {
    const address = new URL(server!);
    address.searchParams.set("options", "-c hnsw.ef_search=300");
    for (const [location, candidates] of [
      [server!, "200"],
      [address.href, "300"],
    ] as const) {
      const database = await openDatabase(location, 1);
      const rows = await database.query<{ candidates: string; jit: string }>(
        "select current_setting('hnsw.ef_search') as candidates, current_setting('jit') as jit",
      );
      expect(rows).toEqual([{ candidates, jit: "off" }]);
      await database.close();
    }
  },
);
