// Geometric Brownian motion, three components, Euler-Maruyama, dt 2^-8; a key for each lane.
// In: seed[points]. Out: the three components at the end.

#include "common.h"
#include "functions.h"
#include "random.h"

static int outputs(const job *j) { (void)j; return 3; }

INLINE void chunk(const int U, const job *j, int at) {
  const vf drift = splat((float)(1.5 / 256)), noise = splat((float)(0.01 / 16));
  rkey seed[4];
  vf x[4][3];
  EACH {
    seed[u] = key_of(loadi(j->in[0].i + at + u * LANES));
    TIMES(c, 3) x[u][c] = splat(0.1f);
  }
  for (int t = 0; t < j->steps; t++) {
    EACH {
      vf z[3];
      normals(3, fold_in(seed[u], t), 0, z);
      TIMES(c, 3) x[u][c] = (x[u][c] + x[u][c] * drift) + (x[u][c] * noise) * z[c];
    }
  }
  EACH TIMES(c, 3) store(j->out + c * j->points + at + u * LANES, x[u][c]);
}

ALL_POINTS(chunk)
