/**
 * The people nearest to a probe. Embeddings have unit length, so that the inner product is the cosine; pgvector's `<#>`
 * is its negative, since an index only knows ascending order.
 *
 * A person's score is the cosine of the nearest of the person's templates tᵢ and their mean Σtᵢ / ‖Σtᵢ‖.
 * The cosine of the mean needs no vector of its own: it is Σ⟨p, tᵢ⟩ / ‖Σtᵢ‖, the sum of the templates'
 * cosines over one number a person, `subjects.sum_length`, which is null for a single template.
 */
import { type Connection, encodeVector } from "../engines/index.ts";

/** A person near to a probe. */
export type NearPerson = {
  readonly subjectId: string;
  readonly subject: string;
  /** The person's template that is nearest to the probe. */
  readonly templateId: string;
  /** Cosine of that template, or of the mean where that is higher. */
  readonly score: number;
  readonly isMean: boolean;
};

/** What a search compares the probe with. A collection that has changed its model in the meantime has nothing near. */
export type NearestQuery = {
  readonly collection: { readonly id: number; readonly model: string };
  readonly probe: Float32Array;
  /** Most people in the answer. */
  readonly limit: number;
};

/** Compares the probe with every template of the collection. */
export function selectNearest(
  connection: Connection,
  { collection, probe, limit }: NearestQuery,
): Promise<NearPerson[]> {
  return connection.query<NearPerson>(
    people("templates.collection_id = $2 and exists (select from collections where id = $2 and model = $4)"),
    [encodeVector(probe), collection.id, limit, collection.model],
  );
}

/**
 * Follows the collection's index to the `candidateCount` templates that are nearest in the type it holds, and scores
 * their people by all that is stored of them. The id of the collection and the type stand in the text, since the
 * planner uses an index of a part of a table, or of an expression, only where it sees both.
 *
 * @returns the people, and how many candidates the index gave.
 */
export async function selectNearestByIndex(
  connection: Connection,
  { collection, probe, limit, candidateCount }: NearestQuery & { readonly candidateCount: number },
  type: string,
): Promise<{ readonly near: NearPerson[]; readonly candidateCount: number }> {
  const rows = await connection.query<{ subjectId: string }>(
    `select subject_id as "subjectId" from templates
     where collection_id = ${collection.id}
       and exists (select from collections where id = ${collection.id} and model = $3)
     order by embedding::${type} <#> $1::vector::${type} limit $2`,
    [encodeVector(probe), candidateCount, collection.model],
  );
  const near = await connection.query<NearPerson>(
    people("templates.subject_id = any($4::uuid[]) and templates.collection_id = $2"),
    [encodeVector(probe), collection.id, limit, [...new Set(rows.map(({ subjectId }) => subjectId))]],
  );
  return { near, candidateCount: rows.length };
}

/**
 * People by score; those with the same score by the id of their template, so that an answer is the same each time. Most
 * people have neither a mean nor a day of expiry: only the others are joined before the best are known. `offset 0`
 * makes PostgreSQL compute each inner product once.
 */
function people(which: string): string {
  return `
    select subjects.id as "subjectId", subjects.name as subject, nearest.id as "templateId",
      ranked.score, ranked.score > ranked.best as "isMean"
    from (
      select near.subject_id, near.best, greatest(near.best, coalesce(near.total / noted.sum_length, near.best)) as score
      from (
        select subject_id, max(score) as best, sum(score) as total
        from (select subject_id, -(embedding <#> $1) as score from templates where ${which} offset 0) as scored
        group by subject_id
      ) as near
      left join (
        select id, sum_length, expires_at from subjects
        where collection_id = $2 and (sum_length is not null or expires_at is not null)
      ) as noted on noted.id = near.subject_id
      where noted.expires_at is null or noted.expires_at > now()
      order by score desc, near.subject_id limit $3
    ) as ranked
    join subjects on subjects.id = ranked.subject_id
    cross join lateral (
      select id from templates where subject_id = ranked.subject_id order by embedding <#> $1, id limit 1
    ) as nearest
    order by ranked.score desc, nearest.id`;
}

/** A subject by its id, and whether it is expired. */
export type NamedSubject = Pick<NearPerson, "subjectId" | "subject"> & { readonly isExpired: boolean };

/** Names of subjects by their ids, and whether they are expired. */
export async function selectNamed(connection: Connection, ids: readonly string[]): Promise<Map<string, NamedSubject>> {
  const rows = await connection.query<NamedSubject>(
    `select id as "subjectId", name as subject, coalesce(expires_at <= now(), false) as "isExpired"
     from subjects where id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.subjectId, row]));
}
