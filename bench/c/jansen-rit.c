// Jansen-Rit cortical column (Jansen & Rit 1995), Heun, dt 0.1 ms, one point a lane; time in ms, potentials in mV.
// In: p[points], pulses per ms. Out: mean over time of y1 - y2.

#include "common.h"
#include "functions.h"

static int outputs(const job *j) { (void)j; return 1; }

#define A 3.25
#define B 22.0
#define a 0.1
#define b 0.05
#define C 135.0
#define DT 0.1

INLINE vf sigmoid(vf v) {
  return splat((float)(2 * 0.0025)) / (splat(1.0f) + exp_vf(splat(0.56f) * (splat(6.0f) - v)));
}

INLINE void slope(const vf y[6], vf p, vf d[6]) {
  d[0] = y[3];
  d[1] = y[4];
  d[2] = y[5];
  d[3] = splat((float)(A * a)) * sigmoid(y[1] - y[2]) - splat((float)(2 * a)) * y[3] - splat((float)(a * a)) * y[0];
  d[4] = splat((float)(A * a)) * (p + splat((float)(0.8 * C)) * sigmoid(splat((float)C) * y[0])) -
         splat((float)(2 * a)) * y[4] - splat((float)(a * a)) * y[1];
  d[5] = splat((float)(B * b * 0.25 * C)) * sigmoid(splat((float)(0.25 * C)) * y[0]) - splat((float)(2 * b)) * y[5] -
         splat((float)(b * b)) * y[2];
}

INLINE void chunk(const int U, const job *j, int at) {
  vf p[4], y[4][6], sum[4];
  EACH {
    p[u] = load(j->in[0].f + at + u * LANES);
    sum[u] = splat(0.0f);
    TIMES(i, 6) y[u][i] = splat(0.0f);
  }
  for (int t = 0; t < j->steps; t++) {
    vf k1[4][6], k2[4][6], z[4][6];
    EACH slope(y[u], p[u], k1[u]);
    EACH TIMES(i, 6) z[u][i] = y[u][i] + splat((float)DT) * k1[u][i];
    EACH slope(z[u], p[u], k2[u]);
    EACH TIMES(i, 6) y[u][i] = y[u][i] + splat((float)(DT / 2)) * (k1[u][i] + k2[u][i]);
    EACH sum[u] = sum[u] + (y[u][1] - y[u][2]);
  }
  EACH store(j->out + at + u * LANES, sum[u] / splat((float)j->steps));
}

ALL_POINTS(chunk)
