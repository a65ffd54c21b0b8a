// Random numbers with a key for each lane: the bits of `random.foldIn` and `random.normal`.

typedef struct { vu a, b; } rkey;

#define ROTATE(x, by) (((x) << (by)) | ((x) >> (32 - (by))))

// Whole bytes are a shuffle.
INLINE vu rotate16(vu x) {
  const __m256i order = _mm256_broadcastsi128_si256(_mm_setr_epi8(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  return (vu)_mm256_shuffle_epi8((__m256i)x, order);
}
INLINE vu rotate24(vu x) {
  const __m256i order = _mm256_broadcastsi128_si256(_mm_setr_epi8(1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12));
  return (vu)_mm256_shuffle_epi8((__m256i)x, order);
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

// Between -1 and 1, by the upper 23 bits.
INLINE vf symmetric(vu bits) {
  const vf unit = (vf)((bits >> 9) | splatu(0x3f800000)) - splat(1.0f);
  return unit * splat(2.0f) + splat(-0.99999994f);
}

// Elements `first` to `first + K - 1` of random.normal.
INLINE void normals(const int K, rkey key, uint32_t first, vf *out) {
  vu x[8], y[8];
  TIMES(k, K) { x[k] = splatu(0); y[k] = splatu(first + k); }
  threefry(K, key, x, y);
  TIMES(k, K) out[k] = symmetric(x[k] ^ y[k]);
  normals_of(K, out);
}
