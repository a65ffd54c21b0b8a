// Random numbers with a key for each lane: the bits of `random.foldIn` and `random.normal`, of threefry keys or (PHILOX)
// of philox ones. `normals` gives elements `first` to `first + K - 1`; K is at most 4, `first` a multiple of 4.

// Between -1 and 1, by the upper 23 bits.
INLINE vf symmetric(vu bits) {
  const vf unit = (vf)((bits >> 9) | splatu(0x3f800000)) - splat(1.0f);
  return unit * splat(2.0f) + splat(-0.99999994f);
}

#ifndef PHILOX

typedef struct { vu a, b; } rkey;

#define ROTATE(x, by) (((x) << (by)) | ((x) >> (32 - (by))))

// Whole bytes are a shuffle.
INLINE vu rotate16(vu x) {
  const __m128i order = _mm_setr_epi8(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  return (vu)_mm256_shuffle_epi8((__m256i)x, _mm256_broadcastsi128_si256(order));
}
INLINE vu rotate24(vu x) {
  const __m128i order = _mm_setr_epi8(1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
  return (vu)_mm256_shuffle_epi8((__m256i)x, _mm256_broadcastsi128_si256(order));
}

#define ROUND(by) TIMES(k, K) { x[k] += y[k]; y[k] = ROTATE(y[k], by) ^ x[k]; }
#define ROUND_BYTES(by) TIMES(k, K) { x[k] += y[k]; y[k] = rotate##by(y[k]) ^ x[k]; }
#define EVEN_ROUNDS ROUND(13) ROUND(15) ROUND(26) ROUND(6)
#define ODD_ROUNDS ROUND(17) ROUND(29) ROUND_BYTES(16) ROUND_BYTES(24)
#define INJECT(s, t, i) TIMES(k, K) { x[k] += s; y[k] += t + splatu(i); }

// threefry2x32 with 20 rounds of K blocks: counters (high, low) in x and y, which get the two words.
INLINE void threefry(const int K, rkey key, vu *x, vu *y) {
  const vu c = key.a ^ key.b ^ splatu(0x1bd11bda);
  TIMES(k, K) { x[k] += key.a; y[k] += key.b; }
  EVEN_ROUNDS INJECT(key.b, c, 1)
  ODD_ROUNDS INJECT(c, key.a, 2)
  EVEN_ROUNDS INJECT(key.a, key.b, 3)
  ODD_ROUNDS INJECT(key.b, c, 4)
  EVEN_ROUNDS INJECT(c, key.a, 5)
}

INLINE rkey key_of(vi seed) { return (rkey){splatu(0), (vu)seed}; }

INLINE rkey fold_in(rkey key, uint32_t data) {
  vu x[1] = {splatu(0)}, y[1] = {splatu(data)};
  threefry(1, key, x, y);
  return (rkey){x[0], y[0]};
}

INLINE void normals(const int K, rkey key, uint32_t first, vf *out) {
  vu x[4], y[4];
  TIMES(k, K) { x[k] = splatu(0); y[k] = splatu(first + k); }
  threefry(K, key, x, y);
  TIMES(k, K) out[k] = symmetric(x[k] ^ y[k]);
  normals_of(K, out);
}

#else

typedef struct { vu k0, k1, s0, s1; } rkey;

// Bits 32 to 63 of the products.
INLINE vu mul_high(vu x, uint32_t by) {
  const __m256i factor = _mm256_set1_epi32((int)by);
  const __m256i even = _mm256_srli_epi64(_mm256_mul_epu32((__m256i)x, factor), 32);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64((__m256i)x, 32), factor);
  return (vu)_mm256_blend_epi32(even, odd, 0xaa);
}

// Philox4x32-10 of the counter (c0, c1) and the key's upper half.
INLINE rkey philox(rkey key, uint32_t c0, uint32_t c1) {
  vu w = splatu(c0), x = splatu(c1), y = key.s0, z = key.s1, a = key.k0, b = key.k1;
  TIMES(round, 10) {
    const vu next = mul_high(y, 0xcd9e8d57) ^ x ^ a;
    const vu other = mul_high(w, 0xd2511f53) ^ z ^ b;
    x = y * splatu(0xcd9e8d57);
    z = w * splatu(0xd2511f53);
    w = next;
    y = other;
    a += splatu(0x9e3779b9);
    b += splatu(0xbb67ae85);
  }
  return (rkey){w, x, y, z};
}

INLINE rkey key_of(vi seed) { return (rkey){(vu)seed, splatu(0), splatu(0), splatu(0)}; }

INLINE rkey fold_in(rkey key, uint32_t data) { return philox(key, data, 0x80000000); }

// Box and Muller with the formulas of src/array/normal.ts.
INLINE void pair(vu first, vu second, vf *out) {
  static const float log_c[] = {0.66666776f, 0.39977542f, 0.29871723f};
  static const float sin_t[] = {1.1107208f, -0.114191286f, 0.003521402f, -5.0847353e-5f};
  static const float cos_t[] = {(float)M_SQRT2, -0.43617776f, 0.022415165f, -0.00045096513f};
  const vf y = to_float((vi)(first >> 1)) + splat(0.5f);
  const vi e = ((vi)y - splati(0x3f3504f3)) >> 23;
  const vf m = (vf)((vi)y - (e << 23)) - splat(1.0f);
  const vf s = m / (m + splat(2.0f));
  const vf q = s * s;
  const vf w = s * (m - q * HORNER(q, log_c));
  const vf r = sqrt_vf(to_float(splati(31) - e) * splat((float)M_LN2) + (w - m));
  const vf t = to_float((vi)(second << 2)) * splat(0x1p-31f);
  const vf z = t * t;
  const vf sine = t * HORNER(z, sin_t);
  const vf cosine = (vf)((vu)HORNER(z, cos_t) ^ ((second << 1) & splatu(0x80000000)));
  out[0] = r * select_f((vi)second, sine, cosine);
  out[1] = r * select_f((vi)second, cosine, sine);
}

INLINE void normals(const int K, rkey key, uint32_t first, vf *out) {
  const rkey words = philox(key, first / 4, 0);
  vf z[4];
  pair(words.k0, words.k1, z);
  pair(words.s0, words.s1, z + 2);
  TIMES(k, K) out[k] = z[k];
}

#endif
