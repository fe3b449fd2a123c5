/**
 * Names in Unicode's composed form (NFC), so that one name is one person however it was typed. Where both forms of a
 * name exist, the second keeps its people under a name with the beginning of its id, "José (0f3a52c1)", to be merged
 * by who knows whether they are one. "." and ".." become such names too: no address can hold them.
 */
const composed = "case when getdatabaseencoding() = 'UTF8' then normalize(name) else name end";

/** Renames the rows of a table whose names have to be unique within `group`. */
const rename = (table: string, group: string) => `
    update ${table} set name = given.name from (
      select id, case when rank = 1 and wanted not in ('.', '..') then wanted
        else left(wanted, 240) || ' (' || left(id::text, 8) || ')' end as name
      from (
        select id, wanted, row_number() over (partition by ${group}wanted order by wanted = name desc, id) as rank
        from (select *, ${composed} as wanted from ${table}) as composed
      ) as ranked
    ) as given
    where ${table}.id = given.id and ${table}.name <> given.name;`;

export const names = {
  version: 6,
  name: "names",
  sql: `${rename("collections", "")}${rename("subjects", "collection_id, ")}`,
} as const;
