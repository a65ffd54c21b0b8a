// Reduced Wong-Wang network (Deco et al. 2013), 84 nodes, dense coupling, Heun, dt 1 ms, one state a lane.
// Input: G[points], then the weights [84][84]. Output: mean of S over the nodes at the end.
// The product is register-blocked: 12 accumulators, as rows × groups.

#include "common.h"
#include "exp.h"

#define NODES 84

static const int outputs = 1;

#define J 0.2609
#define DT 1.0

// d S / dt of one node, from its S and its coupling sum.
INLINE vf slope(vf s, vf coupling, vf gj) {
  vf x = (splat((float)(0.9 * J)) * s + gj * coupling) + splat(0.32f);
  vf y = splat(270.0f) * x - splat(108.0f);
  vf rate = y / (splat(1.0f) - exp_vf(splat(-0.154f) * y));
  return (splat((float)(0.641 / 1000)) * (splat(1.0f) - s)) * rate - splat(0.01f) * s;
}

// q = W s for U groups; s and q are [NODES][U] vectors.
INLINE void product(const int U, const float *w, const vf *s, vf *q) {
  const int rows = 12 / U;
  for (int i = 0; i < NODES; i += rows) {
    vf sum[12];
    for (int r = 0; r < rows; r++) EACH sum[r * U + u] = splat(w[(i + r) * NODES]) * s[u];
    for (int k = 1; k < NODES; k++) {
      for (int r = 0; r < rows; r++) {
        vf weight = splat(w[(i + r) * NODES + k]);
        EACH sum[r * U + u] = sum[r * U + u] + weight * s[k * U + u];
      }
    }
    for (int r = 0; r < rows; r++) EACH q[(i + r) * U + u] = sum[r * U + u];
  }
}

INLINE void chunk(const int U, const float *g, const float *w, float *output, int at, int steps) {
  vf s[NODES * 4], k1[NODES * 4], z[NODES * 4], q[NODES * 4], gj[4];
  EACH gj[u] = load(g + at + u * LANES) * splat((float)J);
  for (int i = 0; i < NODES * U; i++) s[i] = splat(0.1f);
  for (int t = 0; t < steps; t++) {
    product(U, w, s, q);
    for (int i = 0; i < NODES; i++) EACH {
      int e = i * U + u;
      k1[e] = slope(s[e], q[e], gj[u]);
      z[e] = s[e] + splat((float)DT) * k1[e];
    }
    product(U, w, z, q);
    for (int i = 0; i < NODES; i++) EACH {
      int e = i * U + u;
      s[e] = s[e] + splat((float)(DT / 2)) * (k1[e] + slope(z[e], q[e], gj[u]));
    }
  }
  EACH {
    vf sum = s[u];
    for (int i = 1; i < NODES; i++) sum = sum + s[i * U + u];
    store(output + at + u * LANES, sum / splat((float)NODES));
  }
}

INLINE void all(const int U, const float *input, float *output, int points, int steps) {
  const float *w = input + points;
  int at = 0;
  for (; at + U * LANES <= points; at += U * LANES) chunk(U, input, w, output, at, steps);
  for (; at < points; at += LANES) chunk(1, input, w, output, at, steps);
}

static void run(const float *input, float *output, int points, int steps, int groups) {
  DISPATCH(all, groups, input, output, points, steps)
}
