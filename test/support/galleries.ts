/** Galleries for tests: one suite runs on PGlite, and on PostgreSQL if `COSFACE_TEST_DATABASE_URL` names a server. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import type { Random } from "../../src/base/core/index.ts";
import { type Gallery, type GalleryOptions, openGallery } from "../../src/service/gallery/index.ts";

/** An engine, and how an empty gallery is made on it. */
export type TestEngine = {
  readonly engine: Gallery["engine"];
  /** Opens an empty gallery; `remove` closes it and removes all of it. */
  create(options?: Omit<GalleryOptions, "location">): Promise<TestGallery>;
};

export type TestGallery = {
  readonly gallery: Gallery;
  /** Where it can be opened again; nowhere, when it is in memory. */
  readonly location: string | undefined;
  remove(): Promise<void>;
};

const server = process.env.COSFACE_TEST_DATABASE_URL;

export const testEngines: readonly TestEngine[] = [
  { engine: "pglite", create: inMemory },
  ...(server === undefined
    ? []
    : [{ engine: "postgres", create: (options) => onServer(server, options) } as TestEngine]),
];

async function inMemory(options: Omit<GalleryOptions, "location"> = {}): Promise<TestGallery> {
  const gallery = await openGallery(options);
  return { gallery, location: undefined, remove: () => gallery.close() };
}

/** A database of its own, so that test files do not meet. */
async function onServer(url: string, options: Omit<GalleryOptions, "location"> = {}): Promise<TestGallery> {
  const { location, remove } = await createDatabase(url);
  const gallery = await openGallery({ ...options, location });
  return {
    gallery,
    location,
    async remove() {
      await gallery.close();
      await remove();
    },
  };
}

/** An empty database on the server at `url`. */
export async function createDatabase(url: string): Promise<{ location: string; remove(): Promise<void> }> {
  const name = `cosface_test_${randomBytes(6).toString("hex")}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await run(`create database ${name}`);
  const location = new URL(url);
  location.pathname = `/${name}`;
  return { location: location.href, remove: () => run(`drop database ${name} with (force)`) };
}

/** A random direction, f32[size]. */
export function randomUnit(source: Random, size: number): Float32Array {
  const numbers = Float32Array.from({ length: size }, () => source.normal());
  const length = Math.hypot(...numbers);
  return numbers.map((number) => number / length);
}
