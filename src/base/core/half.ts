/**
 * Half precision (IEEE 754 binary16) at the border of the engine: files whose inputs or outputs are f16 take and give
 * f32 here, so that nothing above knows of them. Node.js has no `Float16Array` before version 24.
 */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Numbers rounded to the nearest half, ties to even, as their bits. */
export function toHalf(numbers: Float32Array): Uint16Array {
  return Uint16Array.from(numbers, halfOf);
}

/** Numbers from the bits of halves. */
export function fromHalf(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, numberOf);
}

function halfOf(number: number): number {
  float[0] = number;
  const [pattern = 0] = bits;
  const sign = (pattern >>> 16) & 0x8000;
  const magnitude = Math.abs(number);
  if (Number.isNaN(number)) return sign | 0x7e00;
  // From here on, the nearest half is infinity.
  if (magnitude >= 65520) return sign | 0x7c00;
  // Numbers below the smallest normal half are multiples of 2⁻²⁴.
  if (magnitude < 2 ** -14) return sign | roundHalfToEven(magnitude * 2 ** 24);
  const exponent = ((pattern >>> 23) & 0xff) - 127;
  const mantissa = roundHalfToEven((magnitude / 2 ** exponent - 1) * 1024);
  // A mantissa that rounds up to 1024 carries into the exponent.
  return sign | (((exponent + 15) << 10) + mantissa);
}

function roundHalfToEven(number: number): number {
  const floor = Math.floor(number);
  const rest = number - floor;
  if (rest !== 0.5) return Math.round(number);
  return floor % 2 === 0 ? floor : floor + 1;
}

function numberOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
