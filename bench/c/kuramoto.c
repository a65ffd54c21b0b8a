// Kuramoto oscillators, 80 nodes, a sine for each pair, RK4, dt 0.05, one point a lane.
// In: K[points], spread[points], weights [80][80], frequencies [80], phases [80]. Out: the order parameter at the end.

#include "common.h"
#include "functions.h"

#define NODES 80
#define DT 0.05

static int outputs(const job *j) { (void)j; return 1; }

INLINE void slope(const int U, const float *w, const float *frequency, const vf *theta, const vf *K, const vf *spread,
                  vf *k) {
  for (int i = 0; i < NODES; i++) {
    vf here[4], sum[4];
    EACH {
      here[u] = theta[i * U + u];
      sum[u] = splat(w[i * NODES]) * sin_vf(theta[u] - here[u]);
    }
    for (int s = 1; s < NODES; s++) {
      const vf weight = splat(w[i * NODES + s]);
      EACH sum[u] = sum[u] + weight * sin_vf(theta[s * U + u] - here[u]);
    }
    EACH k[i * U + u] = splat(frequency[i]) * spread[u] + sum[u] * K[u];
  }
}

INLINE void chunk(const int U, const job *j, int at) {
  const float *w = j->in[2].f, *frequency = j->in[3].f, *phases = j->in[4].f;
  const vf half = splat((float)(DT / 2)), full = splat((float)DT), sixth = splat((float)(DT / 6)), two = splat(2.0f);
  vf theta[NODES * 4], z[NODES * 4], a[NODES * 4], b[NODES * 4], K[4], spread[4];
  EACH {
    K[u] = load(j->in[0].f + at + u * LANES);
    spread[u] = load(j->in[1].f + at + u * LANES);
    for (int i = 0; i < NODES; i++) theta[i * U + u] = splat(phases[i]);
  }
  // a: the sum of the slopes so far.
  for (int t = 0; t < j->steps; t++) {
    slope(U, w, frequency, theta, K, spread, a);
    for (int e = 0; e < NODES * U; e++) z[e] = theta[e] + half * a[e];
    slope(U, w, frequency, z, K, spread, b);
    for (int e = 0; e < NODES * U; e++) {
      z[e] = theta[e] + half * b[e];
      a[e] = a[e] + two * b[e];
    }
    slope(U, w, frequency, z, K, spread, b);
    for (int e = 0; e < NODES * U; e++) {
      z[e] = theta[e] + full * b[e];
      a[e] = a[e] + two * b[e];
    }
    slope(U, w, frequency, z, K, spread, b);
    for (int e = 0; e < NODES * U; e++) theta[e] = theta[e] + sixth * (a[e] + b[e]);
  }
  EACH {
    vf c = cos_vf(theta[u]), s = sin_vf(theta[u]);
    for (int i = 1; i < NODES; i++) {
      c = c + cos_vf(theta[i * U + u]);
      s = s + sin_vf(theta[i * U + u]);
    }
    c = c / splat((float)NODES);
    s = s / splat((float)NODES);
    store(j->out + at + u * LANES, sqrt_vf(c * c + s * s));
  }
}

ALL_POINTS(chunk)
