// Lorenz-63, classical RK4, one state a lane; the whole time loop in registers.
// Input: rho[points]. Output: x[points], y[points], z[points] at the end.

#include "common.h"

static const int outputs = 3;

INLINE void slope(vf x, vf y, vf z, vf rho, vf *dx, vf *dy, vf *dz) {
  *dx = splat(10.0f) * (y - x);
  *dy = x * (rho - z) - y;
  *dz = x * y - splat((float)(8.0 / 3.0)) * z;
}

INLINE void chunk(const int U, const float *rho_in, float *out, int at, int points, int steps) {
  const vf half = splat((float)(1e-3 / 2)), full = splat((float)1e-3), sixth = splat((float)(1e-3 / 6)), two = splat(2.0f);
  vf rho[4], x[4], y[4], z[4];
  EACH {
    rho[u] = load(rho_in + at + u * LANES);
    x[u] = splat(1.0f);
    y[u] = z[u] = splat(0.0f);
  }
  for (int t = 0; t < steps; t++) {
    vf a1[4], b1[4], c1[4], a2[4], b2[4], c2[4], a3[4], b3[4], c3[4], a4[4], b4[4], c4[4];
    EACH slope(x[u], y[u], z[u], rho[u], &a1[u], &b1[u], &c1[u]);
    EACH slope(x[u] + half * a1[u], y[u] + half * b1[u], z[u] + half * c1[u], rho[u], &a2[u], &b2[u], &c2[u]);
    EACH slope(x[u] + half * a2[u], y[u] + half * b2[u], z[u] + half * c2[u], rho[u], &a3[u], &b3[u], &c3[u]);
    EACH slope(x[u] + full * a3[u], y[u] + full * b3[u], z[u] + full * c3[u], rho[u], &a4[u], &b4[u], &c4[u]);
    EACH {
      x[u] = x[u] + sixth * (((a1[u] + two * a2[u]) + two * a3[u]) + a4[u]);
      y[u] = y[u] + sixth * (((b1[u] + two * b2[u]) + two * b3[u]) + b4[u]);
      z[u] = z[u] + sixth * (((c1[u] + two * c2[u]) + two * c3[u]) + c4[u]);
    }
  }
  EACH {
    store(out + at + u * LANES, x[u]);
    store(out + points + at + u * LANES, y[u]);
    store(out + 2 * points + at + u * LANES, z[u]);
  }
}

INLINE void all(const int U, const float *input, float *output, int points, int steps) {
  int at = 0;
  for (; at + U * LANES <= points; at += U * LANES) chunk(U, input, output, at, points, steps);
  for (; at < points; at += LANES) chunk(1, input, output, at, points, steps);
}

static void run(const float *input, float *output, int points, int steps, int groups) {
  DISPATCH(all, groups, input, output, points, steps)
}
