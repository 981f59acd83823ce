const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * The largest 32-bit number that is not above the given one: of 32-bit numbers exactly those are ≤ it that are ≤ the
 * given one. -Infinity below all that are finite.
 */
export function floatAtMost(value: number): number {
  float[0] = value;
  if (float[0] <= value) return float[0];
  // Of positive numbers the next lower has the next lower bits, of negative ones the next higher.
  if (float[0] === 0) bits[0] = 0x80000001 | 0;
  else bits[0] += float[0] > 0 ? -1 : 1;
  return float[0];
}
