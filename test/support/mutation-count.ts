/** Runs of a property test over mutated inputs: `COSFACE_MUTATIONS`, or few enough for every run of the tests. */
export function mutationCount(usual = 200): number {
  const asked = Number(process.env.COSFACE_MUTATIONS ?? "");
  return Number.isSafeInteger(asked) && asked > 0 ? asked : usual;
}

/** Milliseconds that many runs may take on a busy machine. */
export function mutationTimeout(count: number): number {
  return 100_000 + 1000 * count;
}
