// Elementary functions on eight lanes with the formulas and the order of operations of src/op/math/float32, so that
// strict results agree bit for bit. With FAST they are shorter: no denormal results, no edges that no workload meets.

// c[0] + c[1] x + …
#define HORNER(x, c) horner(sizeof(c) / sizeof(*(c)), x, c)
INLINE vf horner(const int n, vf x, const float *c) {
  vf sum = splat(c[n - 1]);
  UNROLL for (int i = n - 2; i >= 0; i--) sum = sum * x + splat(c[i]);
  return sum;
}

#ifdef FAST
INLINE vf exp_vf(vf x) {
  static const float c[] = {1, 1, 0.5f, 0.16666543f, 0.04166628f, 0.008366577f, 0.0013946448f};
  const vf magic = splat(12583039.0f);
  x = at_most(at_least(x, -87.0f), 88.0f);
  const vf t = x * splat((float)M_LOG2E) + magic;
  const vf n = t - magic;
  const vf r = (x - n * splat(0.693359375f)) - n * splat(-0.00021219444f);
  return HORNER(r, c) * (vf)((vi)t << 23);
}
#else
INLINE vf exp_vf(vf x) {
  static const float c[] = {0.5f, 0.16666543f, 0.04166628f, 0.008366577f, 0.0013946448f};
  const vf magic = splat(12582912.0f);
  x = at_most(at_least(x, -104.0f), 89.0f);
  const vf t = x * splat((float)M_LOG2E) + magic;
  const vf n = t - magic;
  const vf r = (x - n * splat(0.693359375f)) - n * splat(-0.00021219444f);
  const vf y = (r + (r * r) * HORNER(r, c)) + splat(1.0f);
  const vi bits = (vi)t;
  const vi half = (bits >> 1) << 23;
  return (y * (vf)(half + splati(0x3f800000))) * (vf)(((bits << 23) - half) + splati(0x3f800000));
}
#endif

// log x + c for positive x that are not denormal.
INLINE vf log_plus(vf x, vf c) {
  static const float p[] = {0.66666776f, 0.39977542f, 0.29871723f};
  const vi exponent = ((vi)x - splati(0x3f3504f3)) >> 23;
  const vf m = (vf)((vi)x - (exponent << 23));
  const vf e = to_float(exponent);
  const vf f = m - splat(1.0f);
  const vf s = f / (f + splat(2.0f));
  const vf z = s * s;
  const vf w = s * (f - z * HORNER(z, p));
#if defined(FAST) && !defined(__clang__)
  // ln 2 in one piece: its product with e is not rounded by itself. What clang makes of that takes longer.
  return e * splat((float)M_LN2) + (f - (w - c));
#else
  const vf low = (w - e * splat(-0.00021219444f)) - c;
  return e * splat(0.693359375f) + (f - low);
#endif
}

INLINE vf erf_inv_polynomial(const int n, vf v, const float *c) {
  vf sum = splat(c[0]);
  UNROLL for (int i = 1; i < n; i++) sum = sum * v + splat(c[i]);
  return sum;
}

static const float erf_inv_near[] = {2.81022636e-8f, 3.43273939e-7f, -3.5233877e-6f, -4.39150654e-6f, 0.00021858087f,
                                     -0.00125372503f, -0.00417768164f, 0.246640727f, 1.50140941f};
static const float erf_inv_far[] = {-0.000200214257f, 0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f,
                                    -0.0076224613f, 0.00943887047f, 1.00167406f, 2.83297682f};

// Standard normal numbers of K vectors of u, which lie within (-1, 1): Giles' inverse error function.
INLINE void normals_of(const int K, vf *u) {
  vf w[8];
  vi far = splati(0);
  TIMES(k, K) {
#ifdef FAST
    w[k] = -log_plus(splat(1.0f) - u[k] * u[k], splat(0.0f));
#else
    // log1p(-u²): what rounding of the sum lost is put back.
    const vf x = -(u[k] * u[k]);
    const vf sum = splat(1.0f) + x;
    const vf lost = x - (sum - splat(1.0f));
    w[k] = -log_plus(sum, lost / sum);
#endif
    far |= (vi)(w[k] >= splat(5.0f));
  }
  vf p[8];
  TIMES(k, K) p[k] = erf_inv_polynomial(9, w[k] - splat(2.5f), erf_inv_near);
  if (__builtin_expect(any(far), 0)) {
    TIMES(k, K) {
      const vf q = erf_inv_polynomial(9, sqrt_vf(w[k]) - splat(3.0f), erf_inv_far);
      p[k] = select_f((vi)(w[k] < splat(5.0f)), p[k], q);
    }
  }
  TIMES(k, K) u[k] = splat((float)M_SQRT2) * (u[k] * p[k]);
}

#ifdef FAST
// sin r with the sign turned where the integer in the low bits of t is odd; |r| at most π/2.
INLINE vf wave(vf r, vf t) {
  static const float c[] = {-0.1666666f, 0.0083330665f, -0.00019809602f, 2.6057796e-6f};
  const vf z = r * r;
  const vf y = r + (r * z) * HORNER(z, c);
  return (vf)((vi)y ^ ((vi)t << 31));
}

INLINE vf sin_vf(vf x) {
  const vf magic = splat(12582912.0f);
  const vf t = x * splat((float)(1 / M_PI)) + magic;
  const vf n = t - magic;
  return wave(((x - n * splat(3.14159274f)) - n * splat(-8.742278e-8f)) - n * splat(-3.430249e-15f), t);
}

INLINE vf cos_vf(vf x) {
  const vf magic = splat(12582912.0f);
  const vf t = (x * splat((float)(1 / M_PI)) - splat(0.5f)) + magic;
  const vf n = (t - magic) + splat(0.5f);
  return wave(((n * splat(3.14159274f) - x) + n * splat(-8.742278e-8f)) + n * splat(-3.430249e-15f), t);
}
#else
static __attribute__((noinline)) vf sin_rare(vf x) {
  vf y;
  for (int i = 0; i < LANES; i++) y[i] = (float)sin((double)x[i]);
  return y;
}

static __attribute__((noinline)) vf cos_rare(vf x) {
  vf y;
  for (int i = 0; i < LANES; i++) y[i] = (float)cos((double)x[i]);
  return y;
}

// Of four lanes: x - n π/2 in float64, and n.
INLINE __m128 rest_of(__m128 x, __m128i *n) {
  const vd whole = (vd)_mm256_cvtps_pd(x);
  const vd q = (vd)_mm256_round_pd((__m256d)(whole * splatd(2 / M_PI)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  vd r = whole - q * splatd(1.5707963109016418);
  r = r - q * splatd(1.5893254712295857e-8);
  r = r - q * splatd(6.123233995736766e-17);
  *n = _mm256_cvttpd_epi32((__m256d)q);
  return _mm256_cvtpd_ps((__m256d)r);
}

INLINE void quarters(vf x, vf *r, vi *n) {
  __m128i low, high;
  const __m128 a = rest_of(_mm256_castps256_ps128((__m256)x), &low);
  const __m128 b = rest_of(_mm256_extractf128_ps((__m256)x, 1), &high);
  *r = (vf)_mm256_set_m128(b, a);
  *n = (vi)_mm256_set_m128i(high, low);
}

static const float sin_c[] = {-0.16666655f, 0.008332178f, -0.00019517298f};
static const float cos_c[] = {0.041666646f, -0.0013887368f, 2.4438452e-5f};

#define TRIG_LARGE 268435456.0f

// sin or cos by the parity of n.
INLINE vf wave(vf r, vi odd) {
  const vf z = r * r;
  const vf s = r + (r * z) * HORNER(z, sin_c);
  const vf c = (splat(1.0f) - z * splat(0.5f)) + (z * z) * HORNER(z, cos_c);
  return select_f(odd, c, s);
}

INLINE vf sin_vf(vf x) {
  const vi sign = splati(INT32_MIN);
  const vf size = (vf)((vi)x & ~sign);
  if (__builtin_expect(any(~(vi)(size < splat(TRIG_LARGE))), 0)) return sin_rare(x);
  vf r;
  vi n;
  quarters(size, &r, &n);
  return (vf)((vi)wave(r, n << 31) ^ (((n << 30) ^ (vi)x) & sign));
}

INLINE vf cos_vf(vf x) {
  const vi sign = splati(INT32_MIN);
  const vf size = (vf)((vi)x & ~sign);
  if (__builtin_expect(any(~(vi)(size < splat(TRIG_LARGE))), 0)) return cos_rare(x);
  vf r;
  vi n;
  quarters(size, &r, &n);
  return (vf)((vi)wave(r, ~(n << 31)) ^ (((n + 1) << 30) & sign));
}
#endif
