/**
 * Numbers in the notation of the field: `98.7 % ± 0.4`, `22.67 M`, `1.75 GMAC`, `12 min 3 s`. A no-break space
 * separates a number from its unit, and negative numbers have a minus sign. A number that is not finite is written as a
 * dash, so that the report of a failed run stays readable.
 */

const space = "\u00A0";
const missing = "–";

/** A share as a percentage: 0.987 gives `98.7 %`. `digits` after the point, 1 by default. */
export function formatPercent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${fixed(share * 100, digits)}${space}%` : missing;
}

/** A mean share and its standard deviation, both as shares: (0.987, 0.004) gives `98.7 % ± 0.4`. */
export function formatPercentSpread(mean: number, standardDeviation: number, digits = 1): string {
  if (!Number.isFinite(standardDeviation)) return formatPercent(mean, digits);
  return `${formatPercent(mean, digits)} ±${space}${fixed(standardDeviation * 100, digits)}`;
}

/** A false accept rate or other small share, without trailing zeros: 0.001 gives `0.1 %`, 1e-6 gives `0.0001 %`. */
export function formatRate(share: number): string {
  if (!Number.isFinite(share)) return missing;
  return `${Number((share * 100).toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 12 })}${space}%`;
}

/** A cosine with three decimals, so that columns align: 0.34 gives `0.340`. */
export function formatCosine(cosine: number): string {
  return Number.isFinite(cosine) ? fixed(cosine, 3) : missing;
}

/** A whole number with separators: 13233 gives `13,233`. */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? sign(Math.round(count).toLocaleString("en-US")) : missing;
}

const magnitudes = [
  { size: 1e12, prefix: "T" },
  { size: 1e9, prefix: "G" },
  { size: 1e6, prefix: "M" },
  { size: 1e3, prefix: "k" },
] as const;

/** A quantity with an SI prefix and two decimals: (22_670_000) gives `22.67 M`, (1.75e9, "MAC") gives `1.75 GMAC`. */
export function formatQuantity(quantity: number, unit = ""): string {
  if (!Number.isFinite(quantity)) return missing;
  const size = Math.abs(quantity);
  // A larger prefix applies where the next smaller one would give 1000.00: from 999,995 on it is M.
  const magnitude = magnitudes.find((candidate) => Number(((size / candidate.size) * 1000).toFixed(2)) >= 1000);
  if (magnitude === undefined) return `${formatNumber(quantity)}${unit === "" ? "" : space + unit}`;
  return `${fixed(quantity / magnitude.size, 2)}${space}${magnitude.prefix}${unit}`;
}

/** A time in its two largest units: 723 gives `12 min 3 s`, 7500 gives `2 h 5 min`, 0.45 gives `450 ms`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return missing;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)}${space}ms`;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))}${space}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${space}s`;
  if (whole < 3600) return twoUnits(whole, 60, "min", "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return twoUnits(minutes, 60, "h", "min");
  return twoUnits(Math.round(seconds / 3600), 24, "d", "h");
}

/** A plain number with at most `significant` digits, 4 by default; very small and large ones as `1.2 × 10⁻⁵`. */
export function formatNumber(value: number, significant = 4): string {
  if (!Number.isFinite(value)) return missing;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [mantissa = "", exponent = ""] = value.toExponential(significant - 1).split("e");
    const digits = Number(mantissa);
    const power = `10${superscript(Number(exponent))}`;
    return sign(digits === 1 ? power : `${digits}${space}×${space}${power}`);
  }
  return sign(
    Number(value.toPrecision(Math.max(significant, 1))).toLocaleString("en-US", { maximumFractionDigits: 8 }),
  );
}

/** An angle in degrees: 45.5 gives `45.5°`. */
export function formatDegrees(degrees: number, digits = 1): string {
  return Number.isFinite(degrees) ? `${fixed(degrees, digits)}°` : missing;
}

function twoUnits(total: number, size: number, large: string, small: string): string {
  const rest = total % size;
  const first = `${Math.floor(total / size)}${space}${large}`;
  return rest === 0 ? first : `${first}${space}${rest}${space}${small}`;
}

function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return sign(Number(text) === 0 ? text.replace("-", "") : text);
}

function sign(text: string): string {
  return text.replace(/^-/, "−");
}

function superscript(exponent: number): string {
  return String(exponent).replace(/./g, (character) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(character)] ?? "");
}
