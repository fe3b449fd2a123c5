/**
 * The length of the sum of a person's templates, by which a search knows the cosine of their mean (`search.ts`).
 * Whatever adds, moves or deletes templates calls one of these in the same transaction. A template that is sealed
 * counts as unknown: the process that opens it computes the mean itself.
 */
import type { Connection } from "../engines/index.ts";

const SUM_LENGTH = `
  select case when count(*) > 1 then nullif(vector_norm(avg(embedding)) * count(*), 0) end
  from templates where subject_id = subjects.id and sealed is null`;

/** Brings the lengths of these subjects up to date. */
export async function updateSumLengths(connection: Connection, subjectIds: readonly string[]): Promise<void> {
  await connection.query(
    `update subjects set sum_length = given.sum_length
     from (select id, (${SUM_LENGTH}) as sum_length from subjects where id = any($1::uuid[])) as given
     where subjects.id = given.id and subjects.sum_length is distinct from given.sum_length`,
    [subjectIds],
  );
}

/** Brings the lengths of all subjects of a collection up to date. */
export async function updateSumLengthsOf(connection: Connection, collectionId: number): Promise<void> {
  await connection.query(
    `update subjects set sum_length = given.sum_length
     from (select id, (${SUM_LENGTH}) as sum_length from subjects where collection_id = $1) as given
     where subjects.id = given.id and subjects.sum_length is distinct from given.sum_length`,
    [collectionId],
  );
}

/** Forgets all lengths, when templates become sealed. */
export async function clearSumLengths(connection: Connection): Promise<void> {
  await connection.query("update subjects set sum_length = null where sum_length is not null");
}
