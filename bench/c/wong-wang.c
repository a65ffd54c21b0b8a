// Reduced Wong-Wang network (Deco et al. 2013), 84 nodes, dense coupling, Heun, dt 1 ms, one point a lane.
//   (nothing)  In: G[points], weights [84][84].
//   NOISE      In: G, seed[points], weights: noise for each node and lane, S kept within 0…1.
//   DELAYS     In: G, weights, delays [84][84] in steps, the longest: the same for all points.
//   SPEEDS     In: G, speed[points], weights, lengths [84][84], the longest delay: other delays in every lane.
// Out: mean of S over the nodes at the end.
//
// The product is register-blocked: 12 accumulators, as rows × groups. With delays it goes through a few sources at a time,
// whose past stays in the first cache; sums keep their order.

#include "common.h"
#include "functions.h"
#include "random.h"

#define NODES 84

static int outputs(const job *j) { (void)j; return 1; }

#define J 0.2609
#define DT 1.0
#define SIGMA 0.01f
#define BESIDE 4

// d S / dt of one node, from its S and its coupling sum.
INLINE vf slope(vf s, vf coupling, vf gj) {
  const vf x = (splat((float)(0.9 * J)) * s + gj * coupling) + splat(0.32f);
  const vf y = splat(270.0f) * x - splat(108.0000458f);
  const vf rate = y / (splat(1.0f) - exp_vf(splat(-0.154f) * y));
  return (splat((float)(0.641 / 1000)) * (splat(1.0f) - s)) * rate - splat(0.01f) * s;
}

INLINE void mean_of(const int U, const vf *s, float *out) {
  EACH {
    vf sum = s[u];
    for (int i = 1; i < NODES; i++) sum = sum + s[i * U + u];
    store(out + u * LANES, sum / splat((float)NODES));
  }
}

#if !defined(DELAYS) && !defined(SPEEDS)

// q = W s for U groups; s and q are [NODES][U] vectors.
INLINE void product(const int U, const float *w, const vf *s, vf *q) {
  const int rows = 12 / U;
  for (int i = 0; i < NODES; i += rows) {
    vf sum[12];
    TIMES(r, rows) EACH sum[r * U + u] = splat(w[(i + r) * NODES]) * s[u];
    for (int k = 1; k < NODES; k++) {
      TIMES(r, rows) {
        const vf weight = splat(w[(i + r) * NODES + k]);
        EACH sum[r * U + u] = sum[r * U + u] + weight * s[k * U + u];
      }
    }
    TIMES(r, rows) EACH q[(i + r) * U + u] = sum[r * U + u];
  }
}

INLINE void chunk(const int U, const job *j, int at) {
  vf s[NODES * 4], k1[NODES * 4], z[NODES * 4], q[NODES * 4], gj[4];
  EACH gj[u] = load(j->in[0].f + at + u * LANES) * splat((float)J);
  for (int e = 0; e < NODES * U; e++) s[e] = splat(0.1f);
#ifdef NOISE
  const float *w = j->in[2].f;
  rkey seed[4], now[4];
  vf xi[NODES * 4];
  EACH seed[u] = key_of(loadi(j->in[1].i + at + u * LANES));
#else
  const float *w = j->in[1].f;
#endif
  for (int t = 0; t < j->steps; t++) {
#ifdef NOISE
    EACH now[u] = fold_in(seed[u], t);
    for (int i = 0; i < NODES; i += BESIDE) EACH {
      vf n[BESIDE];
      normals(BESIDE, now[u], i, n);
      TIMES(b, BESIDE) xi[(i + b) * U + u] = n[b] * splat(SIGMA);
    }
#endif
    product(U, w, s, q);
    for (int i = 0; i < NODES; i++) EACH {
      const int e = i * U + u;
      k1[e] = slope(s[e], q[e], gj[u]);
      z[e] = s[e] + splat((float)DT) * k1[e];
#ifdef NOISE
      z[e] = z[e] + xi[e];
#endif
    }
    product(U, w, z, q);
    for (int i = 0; i < NODES; i++) EACH {
      const int e = i * U + u;
      s[e] = s[e] + splat((float)(DT / 2)) * (k1[e] + slope(z[e], q[e], gj[u]));
#ifdef NOISE
      s[e] = at_most(at_least(s[e] + xi[e], 0.0f), 1.0f);
#endif
    }
  }
  mean_of(U, s, j->out + at);
}

#else

// The past of each node lies twice in a row, so that no place wraps: [node][2 rows][U] vectors; a past of d steps is d
// vectors before the present. Sources at a time, targets at a time:
#define SOURCES(U) ((U) == 1 ? 6 : (U) == 2 ? 4 : (U) == 3 ? 3 : 2)
#define TARGETS(U) ((U) == 1 ? 6 : (U) == 2 ? 4 : (U) == 3 ? 3 : 2)

// The order of use: blocks of sources, blocks of targets, source, target.
#define EACH_EDGE(U)                                      \
  for (int from = 0; from < NODES; from += SOURCES(U))    \
    for (int to = 0; to < NODES; to += TARGETS(U))        \
      for (int k = from; k < from + SOURCES(U); k++)      \
        for (int i = to; i < to + TARGETS(U); i++)

INLINE void chunk(const int U, const job *j, int at) {
  vf s[NODES * 4], q[NODES * 4], gj[4];
  EACH gj[u] = load(j->in[0].f + at + u * LANES) * splat((float)J);
  for (int e = 0; e < NODES * U; e++) s[e] = splat(0.1f);
#ifdef DELAYS
  const float *w = j->in[1].f;
  const int rows = j->in[3].i[0] + 1;
#else
  const float *w = j->in[2].f, *lengths = j->in[3].f;
  const int rows = j->in[4].i[0] + 1;
  vf speed[4];
  EACH speed[u] = load(j->in[1].f + at + u * LANES);
#endif
  const size_t vectors = (size_t)NODES * 2 * rows * U;
  vf *past = aligned(vectors * sizeof(vf));
  for (size_t e = 0; e < vectors; e++) past[e] = splat(0.1f);
  // In the order of use: weights, and places in bytes: of a vector, from the present of the block's first source; of every
  // lane, from that of the source itself (125 steps of four groups are 16000).
  float *weights = aligned(sizeof(float) * NODES * NODES), *weight = weights;
#ifdef DELAYS
  int32_t *places = aligned(sizeof(int32_t) * NODES * NODES), *place = places;
  EACH_EDGE(U) {
    *weight++ = w[i * NODES + k];
    *place++ = ((k - from) * 2 * rows - j->in[2].i[i * NODES + k]) * U * (int)sizeof(vf);
  }
#else
  int16_t *places = aligned(sizeof(int16_t) * NODES * NODES * U * LANES), *place = places;
  EACH_EDGE(U) {
    *weight++ = w[i * NODES + k];
    EACH {
      const vf d = splat(lengths[i * NODES + k]) / speed[u];
      const vi whole = (vi)_mm256_cvtps_epi32((__m256)d);
      for (int l = 0; l < LANES; l++) *place++ = (int16_t)(-whole[l] * U * LANES * 4);
    }
  }
#endif
  int now = rows;
  for (int t = 0; t < j->steps; t++) {
    weight = weights;
    place = places;
    for (int from = 0; from < NODES; from += SOURCES(U)) {
      const char *base = (const char *)(past + ((size_t)from * 2 * rows + now) * U);
      for (int to = 0; to < NODES; to += TARGETS(U)) {
        vf sum[TARGETS(1) * 4];
        TIMES(r, TARGETS(U)) EACH sum[r * U + u] = from == 0 ? splat(0.0f) : q[(to + r) * U + u];
        for (int k = 0; k < SOURCES(U); k++) {
          TIMES(r, TARGETS(U)) {
            const vf share = splat(weight[r]);
#ifdef DELAYS
            const vf *heard = (const vf *)(base + place[r]);
            EACH sum[r * U + u] = sum[r * U + u] + share * heard[u];
#else
            const float *present = (const float *)((const vf *)base + (size_t)k * 2 * rows * U);
            EACH {
              // Eight loads: vgatherdps takes longer here.
              const int16_t *delay = place + (r * U + u) * LANES;
              const float *lane = present + u * LANES;
#define HEARD(l) *(const float *)((const char *)(lane + l) + delay[l])
              const vf heard = {HEARD(0), HEARD(1), HEARD(2), HEARD(3), HEARD(4), HEARD(5), HEARD(6), HEARD(7)};
              sum[r * U + u] = sum[r * U + u] + share * heard;
            }
#endif
          }
          weight += TARGETS(U);
#ifdef DELAYS
          place += TARGETS(U);
#else
          place += TARGETS(U) * U * LANES;
#endif
        }
        TIMES(r, TARGETS(U)) EACH q[(to + r) * U + u] = sum[r * U + u];
      }
    }
    now = now + 1 == 2 * rows ? rows : now + 1;
    for (int i = 0; i < NODES; i++) EACH {
      const int at_ = i * U + u;
      const vf k1 = slope(s[at_], q[at_], gj[u]);
      const vf k2 = slope(s[at_] + splat((float)DT) * k1, q[at_], gj[u]);
      s[at_] = s[at_] + splat((float)(DT / 2)) * (k1 + k2);
      vf *row = past + (size_t)i * 2 * rows * U;
      row[now * U + u] = row[(now - rows) * U + u] = s[at_];
    }
  }
  mean_of(U, s, j->out + at);
  free(past);
  free(weights);
  free(places);
}

#endif

ALL_POINTS(chunk)
