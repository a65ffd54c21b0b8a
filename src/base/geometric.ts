/**
 * Geometric spacing: bounds and a count in, the k-th value out, correctly rounded but for rare ties and the same on
 * every machine. The platform's exp and log differ between engines, so both are series in double-double arithmetic
 * here (Dekker 1971, doi:10.1007/BF01397083), which also makes decades come out as exact powers of ten.
 */

/** A number as an unevaluated sum, high part first. */
type Pair = readonly [number, number];

function quickSum(a: number, b: number): Pair {
  const sum = a + b;
  return [sum, b - (sum - a)];
}

function add([a, al]: Pair, [b, bl]: Pair): Pair {
  const sum = a + b;
  const rest = sum - a;
  return quickSum(sum, a - (sum - rest) + (b - rest) + al + bl);
}

/** The upper 26 bits and the rest. */
function split(a: number): Pair {
  const scaled = a * 134217729;
  const high = scaled - (scaled - a);
  return [high, a - high];
}

function mul([a, al]: Pair, [b, bl]: Pair): Pair {
  const product = a * b;
  const [ah, at] = split(a);
  const [bh, bt] = split(b);
  const error = ah * bh - product + ah * bt + at * bh + at * bt;
  return quickSum(product, error + a * bl + al * b);
}

function div(a: Pair, b: Pair): Pair {
  const quotient = a[0] / b[0];
  const rest = add(a, mul(b, [-quotient, 0]));
  return quickSum(quotient, rest[0] / b[0]);
}

const ln2: Pair = [Math.LN2, 2.3190468138462996e-17];

const word = new Float64Array(1);
const halves = new Uint32Array(word.buffer);

/** 2^n for -1022 <= n <= 1023. */
function powerOfTwo(n: number): number {
  halves[0] = 0;
  halves[1] = (n + 1023) << 20;
  return word[0] as number;
}

/** log(x) by the series of artanh((m - 1) / (m + 1)) with x = m·2^e. */
function log(x: number): Pair {
  const tiny = x < 2 ** -1022;
  word[0] = tiny ? x * 2 ** 54 : x;
  let exponent = ((halves[1] as number) >>> 20) - 1023;
  halves[1] = ((halves[1] as number) & 0xfffff) | 0x3ff00000;
  let mantissa = word[0] as number;
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  if (tiny) exponent -= 54;
  const s = div([mantissa - 1, 0], quickSum(mantissa, 1));
  const square = mul(s, s);
  let sum: Pair = [0, 0];
  for (let k = 45; k >= 1; k -= 2) sum = add(mul(sum, square), div([1, 0], [k, 0]));
  return add(mul([exponent, 0], ln2), mul([2 * s[0], 2 * s[1]], sum));
}

/** exp(x) for |x| < 1 by its Taylor series. */
function taylor(x: Pair): Pair {
  let sum: Pair = [1, 0];
  for (let k = 30; k >= 1; k--) sum = add([1, 0], div(mul(x, sum), [k, 0]));
  return sum;
}

/** ln2 / 64 and 2^(j / 64), made at the first use. */
let steps: { readonly size: Pair; readonly powers: readonly Pair[] } | undefined;

function stepTable(): NonNullable<typeof steps> {
  const size: Pair = [ln2[0] / 64, ln2[1] / 64];
  steps ??= { size, powers: Array.from({ length: 64 }, (_, j) => taylor(mul(size, [j, 0]))) };
  return steps;
}

/** exp(x) rounded to one number: x = (64 n + j) ln2 / 64 + r, |r| < 0.006; what r adds is far below 1. */
function exp(x: Pair): number {
  const { size, powers } = stepTable();
  const m = Math.round(x[0] / size[0]);
  const [r, rest] = add(x, mul([-m, 0], size));
  const j = m & 63;
  const n = (m - j) / 64;
  const power = powers[j] as Pair;
  const tail = r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r / 5040)))));
  const value = power[0] + (power[1] + power[0] * (r + (rest + tail)));
  // In two steps, as 2^n alone may be out of range.
  const half = Math.trunc(n / 2);
  return value * powerOfTwo(half) * powerOfTwo(n - half);
}

/** k → low · (high / low)^(k / (n - 1)) for 0 <= k < n; both ends exact, `low` for n = 1. */
export function geometric(low: number, high: number, n: number): (k: number) => number {
  const bottom = log(low);
  const top = log(high);
  const span = add(top, [-bottom[0], -bottom[1]]);
  return (k) => {
    if (k === 0) return low;
    if (k === n - 1) return high;
    return exp(add(bottom, mul(span, div([k, 0], [n - 1, 0]))));
  };
}
