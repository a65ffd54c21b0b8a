// Epidemics on a network of airports (examples/flights), RK4, half a day a step, one point a lane.
// In: R0[points], cancelled[points], {airports, first}, origins of the routes, where each airport's routes begin, weights,
// population. Out: airports reached, attack rate, day of the peak.

#include "common.h"

#define DT 0.5
#define RECOVERY 0.2f
#define MIXING 0.3f
#define SEED 1e-5f

static int outputs(const job *j) { (void)j; return 3; }

typedef struct {
  int airports;
  const int32_t *origin, *starts;
  const float *weight;
  vf beta[4], away[4];
} network;

// What a stage does with the slopes: the sum goes on with `share` of them, the next stage lies `ahead`.
INLINE void stage(const int U, const network *n, const vf *y, const vf *z, vf *sum, vf *next, float share, float ahead) {
  const vf home = splat(1.0f - MIXING);
  for (int i = 0; i < n->airports; i++) {
    vf met[4];
    EACH met[u] = splat(0.0f);
    for (int route = n->starts[i]; route < n->starts[i + 1]; route++) {
      const vf *there = z + (size_t)(n->airports + n->origin[route]) * U;
      const vf weight = splat(n->weight[route]);
      EACH met[u] = met[u] + there[u] * weight;
    }
    EACH {
      const int s = i * U + u, f = s + n->airports * U;
      const vf exposure = z[f] * home + met[u] * n->away[u];
      const vf infections = z[s] * exposure * n->beta[u];
      const vf ks = -infections, kf = infections - z[f] * splat(RECOVERY);
      sum[s] = sum[s] + ks * splat(share);
      sum[f] = sum[f] + kf * splat(share);
      if (next) {
        next[s] = y[s] + ks * splat(ahead);
        next[f] = y[f] + kf * splat(ahead);
      }
    }
  }
}

INLINE void chunk(const int U, const job *j, int at) {
  const int airports = j->in[2].i[0], first = j->in[2].i[1];
  const float *population = j->in[6].f;
  network n = {airports, j->in[3].i, j->in[4].i, j->in[5].f, {{0}}, {{0}}};
  EACH {
    n.beta[u] = load(j->in[0].f + at + u * LANES) * splat(RECOVERY);
    n.away[u] = (splat(1.0f) - load(j->in[1].f + at + u * LANES)) * splat(MIXING);
  }
  // The susceptible of all airports, then the infected.
  const size_t vectors = (size_t)airports * 2 * U;
  vf *y = aligned(vectors * sizeof(vf)), *a = aligned(vectors * sizeof(vf)), *b = aligned(vectors * sizeof(vf)),
     *sum = aligned(vectors * sizeof(vf)), *swap, peak[4], day[4];
  for (int i = 0; i < airports; i++) EACH {
    y[i * U + u] = splat(1.0f - (i == first ? SEED : 0.0f));
    y[(airports + i) * U + u] = splat(i == first ? SEED : 0.0f);
  }
  EACH peak[u] = day[u] = splat(0.0f);
  for (int t = 0; t < j->steps; t++) {
    memcpy(sum, y, vectors * sizeof(vf));
    stage(U, &n, y, y, sum, a, (float)(DT / 6), (float)(DT / 2));
    stage(U, &n, y, a, sum, b, (float)(DT / 3), (float)(DT / 2));
    stage(U, &n, y, b, sum, a, (float)(DT / 3), (float)DT);
    stage(U, &n, y, a, sum, 0, (float)(DT / 6), 0.0f);
    swap = y;
    y = sum;
    sum = swap;
    EACH {
      vf total = y[airports * U + u] * splat(population[0]);
      for (int i = 1; i < airports; i++) total = total + y[(airports + i) * U + u] * splat(population[i]);
      const vi higher = (vi)(total > peak[u]);
      day[u] = select_f(higher, splat((float)(t + 1) * (float)DT), day[u]);
      peak[u] = select_f(higher, total, peak[u]);
    }
  }
  EACH {
    vf attack = splat(0.0f), reached = splat(0.0f);
    for (int i = 0; i < airports; i++) {
      const vf ever = splat(1.0f) - y[i * U + u];
      attack = attack + ever * splat(population[i]);
      reached = reached + select_f((vi)(ever > splat(0.01f)), splat(1.0f), splat(0.0f));
    }
    store(j->out + j->points + at + u * LANES, attack);
    store(j->out + 2 * j->points + at + u * LANES, day[u]);
    store(j->out + at + u * LANES, reached);
  }
  free(y), free(a), free(b), free(sum);
}

ALL_POINTS(chunk)
