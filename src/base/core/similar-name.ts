/** The one of the names that differs from a misspelled one by at most two letters, hyphens and case aside. */
export function similarName(misspelled: string, names: readonly string[]): string | undefined {
  const wanted = plain(misspelled);
  if (wanted.length > LONGEST) return undefined;
  const ranked = names
    .map((name) => ({ name, distance: editDistance(wanted, plain(name)) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= MOST_EDITS ? best.name : undefined;
}

const MOST_EDITS = 2;
const LONGEST = 60;

const plain = (name: string) => name.toLowerCase().replace(/[_-]/g, "");

/** Fewest letters to insert, delete or replace (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? a.length;
}
