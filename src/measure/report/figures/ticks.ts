/**
 * Round positions of labels between two ends, at steps of 1, 2, 2.5 or 5 times a power of ten, at most about `aim`
 * steps. ECharts divides the span between fixed ends evenly, which gives labels such as 93 %, 96 %, 99 %.
 */
export function roundTicks(low: number, high: number, aim: number): number[] {
  const rough = (high - low) / aim;
  const power = 10 ** Math.floor(Math.log10(rough));
  const spacing = ([1, 2, 2.5, 5].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const first = Math.ceil(low / spacing - 1e-9);
  const last = Math.floor(high / spacing + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) =>
    Number(((first + step) * spacing).toPrecision(12)),
  );
}
