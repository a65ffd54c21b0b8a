// e^x with the formula and the order of operations of src/op/math/float32/exp.ts, bit for bit.

#include <immintrin.h>

INLINE vf exp_vf(vf x) {
  const vf magic = splat(12582912.0f);
  // Maximum and minimum that pass NaN from x.
  x = (vf)_mm256_max_ps((__m256)splat(-104.0f), (__m256)x);
  x = (vf)_mm256_min_ps((__m256)splat(89.0f), (__m256)x);
  vf t = x * splat((float)1.4426950408889634) + magic;
  vf n = t - magic;
  vf r = (x - n * splat(0.693359375f)) - n * splat(-0.00021219444f);
  vf h = splat(0.0013946448f);
  h = h * r + splat(0.008366577f);
  h = h * r + splat(0.04166628f);
  h = h * r + splat(0.16666543f);
  h = h * r + splat(0.5f);
  vf y = (r + (r * r) * h) + splat(1.0f);
  vi bits = (vi)t;
  vi half = (bits >> 1) << 23;
  vf first = (vf)(half + splati(0x3f800000));
  return (y * first) * (vf)(((bits << 23) - half) + splati(0x3f800000));
}
