// Sums of 16 normal numbers a step; a key for each lane. In: seed[points]. Out: the 16 sums.

#include "common.h"
#include "functions.h"
#include "random.h"

static int outputs(const job *j) { (void)j; return 16; }

// Numbers made side by side.
#define BESIDE 4

INLINE void chunk(const int U, const job *j, int at) {
  rkey seed[4];
  vf sum[4][16];
  EACH {
    seed[u] = key_of(loadi(j->in[0].i + at + u * LANES));
    TIMES(c, 16) sum[u][c] = splat(0.0f);
  }
  for (int t = 0; t < j->steps; t++) {
    EACH {
      const rkey now = fold_in(seed[u], t);
      for (int c = 0; c < 16; c += BESIDE) {
        vf z[BESIDE];
        normals(BESIDE, now, c, z);
        TIMES(k, BESIDE) sum[u][c + k] += z[k];
      }
    }
  }
  EACH TIMES(c, 16) store(j->out + c * j->points + at + u * LANES, sum[u][c]);
}

ALL_POINTS(chunk)
