/**
 * The templates nearest to a probe. Embeddings have unit length, so that the inner product is the cosine; pgvector's `<#>`
 * is its negative, since an index only knows ascending order.
 */
import { type Connection, encodeVector } from "../engines/index.ts";

/** A template near to a probe, whose it is, and their cosine. */
export type NearTemplate = {
  readonly templateId: string;
  readonly subjectId: string;
  readonly subject: string;
  readonly isExpired: boolean;
  readonly score: number;
};

/** What is searched, with what, for how many. A collection that is of another model by now has nothing near. */
export type NearestQuery = {
  readonly collection: { readonly id: number; readonly model: string };
  readonly probe: Float32Array;
  readonly count: number;
};

/** Compares the probe with every template of the collection. */
export function selectNearest(
  connection: Connection,
  { collection, probe, count }: NearestQuery,
): Promise<NearTemplate[]> {
  return connection.query<NearTemplate>(
    withSubjects(`
      select id, subject_id, -(embedding <#> $1) as score from templates
      where collection_id = $2 and exists (select from collections where id = $2 and model = $4)
      order by embedding <#> $1 limit $3`),
    [encodeVector(probe), collection.id, count, collection.model],
  );
}

/**
 * Follows the collection's index to those that are nearest in the type it holds, and scores them by what is stored. The id
 * of the collection and the type stand in the text, since the planner uses an index of a part of a table, or of an
 * expression, only where it sees both.
 */
export function selectNearestByIndex(
  connection: Connection,
  { collection, probe, count }: NearestQuery,
  type: string,
): Promise<NearTemplate[]> {
  return connection.query<NearTemplate>(
    withSubjects(`
      select id, subject_id, -(embedding <#> $1) as score from templates
      where collection_id = ${collection.id}
        and exists (select from collections where id = ${collection.id} and model = $3)
      order by embedding::${type} <#> $1::vector::${type} limit $2`),
    [encodeVector(probe), count, collection.model],
  );
}

/** In the order of scores; what has the same score, in that of ids, so that an answer is the same each time. */
function withSubjects(nearest: string): string {
  return `
    select near.id as "templateId", subjects.id as "subjectId", subjects.name as subject, near.score,
      coalesce(subjects.expires_at <= now(), false) as "isExpired"
    from (${nearest}
    ) as near
    join subjects on subjects.id = near.subject_id
    order by near.score desc, near.id`;
}

/** Names of subjects by their ids, and whether their time has come. */
export async function selectNamed(
  connection: Connection,
  ids: readonly string[],
): Promise<Map<string, Pick<NearTemplate, "subjectId" | "subject" | "isExpired">>> {
  const rows = await connection.query<Pick<NearTemplate, "subjectId" | "subject" | "isExpired">>(
    `select id as "subjectId", name as subject, coalesce(expires_at <= now(), false) as "isExpired"
     from subjects where id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.subjectId, row]));
}
