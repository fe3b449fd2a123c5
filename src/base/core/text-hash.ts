const STARTS = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35] as const;

/** Four 32-bit hashes of a text: FNV-1a with further mixing, from four starts. Fast, and not for secrets. */
export function textHash(text: string): [number, number, number, number] {
  return [hashFrom(STARTS[0], text), hashFrom(STARTS[1], text), hashFrom(STARTS[2], text), hashFrom(STARTS[3], text)];
}

/**
 * A digest of texts in their order, as 32 hexadecimal digits: equal for equal texts, and different for different ones
 * unless somebody looks for a collision. Not for secrets.
 */
export function textDigest(texts: Iterable<string>): string {
  const words: [number, number, number, number] = [...STARTS];
  for (const text of texts) {
    // The length keeps ["ab", "c"] and ["a", "bc"] apart.
    const part = `${text.length}:${text}`;
    for (const [i, word] of words.entries()) words[i] = hashFrom(word, part);
  }
  return words.map((word) => word.toString(16).padStart(8, "0")).join("");
}

function hashFrom(start: number, text: string): number {
  let h = start;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h ^= h >>> 15;
  }
  return h >>> 0;
}
