// Montbrió-Pazó-Roxin neural masses, 164 nodes, mean field, stochastic Heun, dt 0.01, one point a lane.
// In: eta[points], k[points], then the noise [steps][2][164], or (NOISE) seed[points].
// Out: standard deviation of r along time, mean over the nodes.
//
// The mean field of the second stage hangs on r alone, so the first pass computes only that and stores nothing; the second
// one computes the first stage again: fewer bytes than keeping it, and the same bits.

#include "common.h"
#include "functions.h"
#include "random.h"

#define NODES 164
#define J 15.0f
#define DT 0.01f
#define SIGMA ((float)(0.03 * 0.1))
// Numbers made side by side.
#define BESIDE 4

static int outputs(const job *j) { (void)j; return 1; }

INLINE vf slope_r(vf r, vf v) {
  return at_least(r, 0.0f) * v * splat(2.0f) + splat((float)(1 / M_PI));
}

INLINE vf slope_v(vf r, vf v, vf eta, vf field) {
  const vf rate = at_least(r, 0.0f);
  const vf pr = rate * splat((float)M_PI);
  return (((v * v - pr * pr) + rate * splat(J)) + eta) + field;
}

INLINE vf ahead_of(vf y, vf k, vf xi) { return (y + k * splat(DT)) + xi; }

INLINE void chunk(const int U, const job *j, int at) {
  vf r[NODES * 4], v[NODES * 4], sum[NODES * 4], squares[NODES * 4], k[4], eta[4], total[4];
  EACH {
    eta[u] = load(j->in[0].f + at + u * LANES);
    k[u] = load(j->in[1].f + at + u * LANES);
    total[u] = splat(0.1f);
  }
  for (int e = 0; e < NODES * U; e++) {
    r[e] = splat(0.1f);
    v[e] = splat(-2.0f);
    sum[e] = squares[e] = splat(0.0f);
  }
  for (int i = 1; i < NODES; i++) EACH total[u] += r[i * U + u];
#ifdef NOISE
  rkey seed[4], now[4];
  vf xi[2 * NODES * 4];
  EACH seed[u] = key_of(loadi(j->in[2].i + at + u * LANES));
#endif
  for (int t = 0; t < j->steps; t++) {
    vf field[4], ahead_total[4], next_total[4];
    EACH field[u] = total[u] / splat((float)NODES) * k[u];
#ifdef NOISE
    EACH now[u] = fold_in(seed[u], t);
    for (int i = 0; i < 2 * NODES; i += BESIDE) EACH {
      vf z[BESIDE];
      normals(BESIDE, now[u], i, z);
      TIMES(b, BESIDE) xi[(i + b) * U + u] = z[b] * splat(SIGMA);
    }
#define XI_R(i) xi[(i) * U + u]
#define XI_V(i) xi[(NODES + (i)) * U + u]
#else
    const float *noise = j->in[2].f + (size_t)t * 2 * NODES;
#define XI_R(i) (splat(noise[i]) * splat(SIGMA))
#define XI_V(i) (splat(noise[NODES + (i)]) * splat(SIGMA))
#endif
    EACH ahead_total[u] = ahead_of(r[u], slope_r(r[u], v[u]), XI_R(0));
    for (int i = 1; i < NODES; i++) EACH {
      const int e = i * U + u;
      ahead_total[u] += ahead_of(r[e], slope_r(r[e], v[e]), XI_R(i));
    }
    vf ahead_field[4];
    EACH ahead_field[u] = ahead_total[u] / splat((float)NODES) * k[u];
    for (int i = 0; i < NODES; i++) EACH {
      const int e = i * U + u;
      const vf xr = XI_R(i), xv = XI_V(i);
      const vf kr = slope_r(r[e], v[e]), kv = slope_v(r[e], v[e], eta[u], field[u]);
      const vf ar = ahead_of(r[e], kr, xr), av = ahead_of(v[e], kv, xv);
      const vf nr = (r[e] + (kr + slope_r(ar, av)) * splat(DT / 2)) + xr;
      v[e] = (v[e] + (kv + slope_v(ar, av, eta[u], ahead_field[u])) * splat(DT / 2)) + xv;
      r[e] = nr;
      sum[e] += nr;
      squares[e] += nr * nr;
      next_total[u] = i == 0 ? nr : next_total[u] + nr;
    }
    EACH total[u] = next_total[u];
  }
  const vf steps = splat((float)j->steps);
  EACH {
    vf all = splat(0.0f);
    for (int i = 0; i < NODES; i++) {
      const vf mean = sum[i * U + u] / steps;
      all += sqrt_vf(at_least(squares[i * U + u] / steps - mean * mean, 0.0f));
    }
    store(j->out + at + u * LANES, all / splat((float)NODES));
  }
}

ALL_POINTS(chunk)
