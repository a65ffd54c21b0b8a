// placeholder
INLINE vf exp_vf(vf x) {
  const vf magic = splat(12582912.0f);
  vf n = x * splat(1.44269504f);
  n = n + magic; n = n - magic;
  vf r = x - n * splat(0.693359375f); r = r - n * splat(-2.12194440e-4f);
  vf p = splat(1.9875691500E-4f);
  p = p * r + splat(1.3981999507E-3f);
  p = p * r + splat(8.3334519073E-3f);
  p = p * r + splat(4.1665795894E-2f);
  p = p * r + splat(1.6666665459E-1f);
  p = p * r + splat(5.0000001201E-1f);
  p = p * r * r + r + splat(1.0f);
  vi e = __builtin_convertvector(n, vi);
  return p * (vf)((e + splati(127)) << splati(23));
}
