/** Times as they are compared, and distances of results. */

/** Smallest, median and number of times. */
export function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { min: sorted[0], median, runs: sorted.length };
}

/**
 * Times of several things side by side: in every round each of them once, one after the other, because clocks and
 * neighbours change slowly. A thing gives its times in ms.
 */
export async function interleaved(things, rounds) {
  const times = things.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, thing] of things.entries()) times[i].push(...[await thing()].flat());
  }
  return times.map(summary);
}

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);
const order = (x) => {
  float[0] = x;
  return bits[0] < 0 ? -(bits[0] & 0x7fffffff) : bits[0];
};

/** Greatest distance in units in the last place between float32 numbers; NaN is as far from all but NaN as can be. */
export function greatestUlps(got, expected) {
  let most = got.length === expected.length ? 0 : Infinity;
  expected.forEach((x, i) => {
    if (Number.isNaN(x) && Number.isNaN(got[i])) return;
    const distance = Number.isNaN(x) || Number.isNaN(got[i]) ? Infinity : Math.abs(order(x) - order(got[i]));
    if (distance > most) most = distance;
  });
  return most;
}

/** Greatest error of an output relative to the largest number of that output; `rows` outputs of as many points each. */
export function greatestError(got, reference, rows) {
  const points = reference.length / rows;
  let most = 0;
  for (let row = 0; row < rows; row++) {
    const [a, b] = [got, reference].map((all) => all.subarray(row * points, (row + 1) * points));
    const scale = b.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
    const error = a.reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i])), 0);
    most = Math.max(most, scale === 0 ? error : error / scale);
  }
  return most;
}
