/** SHA-256 (FIPS 180-4), synchronous, since a program is hashed where it is made. In: text or bytes; out: hex digits. */

/** The first 32 bits of the fractional part of `x`, which has at most 53 bits: the standard's constants are such roots. */
const fractionBits = (x: number): number => ((x - Math.floor(x)) * 2 ** 32) | 0;

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
}

interface Constants {
  readonly initial: Int32Array;
  readonly rounds: Int32Array;
}

let constants: Constants | undefined;

/** Roots of the first primes, made at first use; 53 bits suffice for the 32 wanted. */
function constantsOnce(): Constants {
  const known = constants;
  if (known) return known;
  const made = {
    initial: Int32Array.from(primes(8), (p) => fractionBits(Math.sqrt(p))),
    rounds: Int32Array.from(primes(64), (p) => fractionBits(Math.cbrt(p))),
  };
  constants = made;
  return made;
}

/** The message, a one bit, zeros, and the length in bits in the last 8 bytes. */
function padded(bytes: Uint8Array): DataView {
  const length = Math.ceil((bytes.length + 9) / 64) * 64;
  const out = new Uint8Array(length);
  out.set(bytes);
  out[bytes.length] = 0x80;
  const view = new DataView(out.buffer);
  view.setUint32(length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(length - 4, bytes.length << 3);
  return view;
}

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** Reads a block of 64 bytes into `w` and stretches it to 64 words. */
function stretch(w: Int32Array, view: DataView, offset: number): void {
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(offset + 4 * i);
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15] as number;
    const b = w[i - 2] as number;
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
  }
}

function compress(state: Int32Array, w: Int32Array, rounds: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (rounds[i] as number) + (w[i] as number)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((x, i) => {
    state[i] = (state[i] as number) + x;
  });
}

/** Text is hashed as UTF-8. */
export function sha256(message: string | Uint8Array): string {
  const view = padded(typeof message === "string" ? new TextEncoder().encode(message) : message);
  const { initial, rounds } = constantsOnce();
  const state = initial.slice();
  const w = new Int32Array(64);
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    stretch(w, view, offset);
    compress(state, w, rounds);
  }
  return Array.from(state, (x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
}
