// Lorenz-63, RK4 or (TSIT5) Tsit5 with fixed steps, one point a lane; the whole time loop in registers.
// In: rho[points]. Out: x, y, z at the end.

#include "common.h"

static int outputs(const job *j) { (void)j; return 3; }

#define DT 1e-3

INLINE void slope(const vf u[3], vf rho, vf k[3]) {
  k[0] = splat(10.0f) * (u[1] - u[0]);
  k[1] = u[0] * (rho - u[2]) - u[1];
  k[2] = u[0] * u[1] - splat((float)(8.0 / 3.0)) * u[2];
}

#ifdef TSIT5
static const double tableau[6][6] = {
    {0.161},
    {-0.008480655492356989, 0.335480655492357},
    {2.8971530571054935, -6.359448489975075, 4.3622954328695815},
    {5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525},
    {5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383},
    {0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774},
};

INLINE void step(const int U, vf u_[4][3], const vf rho[4]) {
  vf k[4][6][3], v[4][3];
  EACH TIMES(c, 3) v[u][c] = u_[u][c];
  TIMES(stage, 6) {
    EACH slope(v[u], rho[u], k[u][stage]);
    EACH TIMES(c, 3) {
      vf sum = splat((float)(DT * tableau[stage][0])) * k[u][0][c];
      UNROLL for (int i = 1; i <= stage; i++) sum = sum + splat((float)(DT * tableau[stage][i])) * k[u][i][c];
      v[u][c] = u_[u][c] + sum;
    }
  }
  EACH TIMES(c, 3) u_[u][c] = v[u][c];
}
#else
INLINE void along(const vf u[3], float h, const vf k[3], vf v[3]) { TIMES(c, 3) v[c] = u[c] + splat(h) * k[c]; }

INLINE void step(const int U, vf u_[4][3], const vf rho[4]) {
  const float half = (float)(DT / 2), full = (float)DT, sixth = (float)(DT / 6);
  vf a[4][3], b[4][3], c[4][3], d[4][3], v[4][3];
  EACH slope(u_[u], rho[u], a[u]);
  EACH along(u_[u], half, a[u], v[u]);
  EACH slope(v[u], rho[u], b[u]);
  EACH along(u_[u], half, b[u], v[u]);
  EACH slope(v[u], rho[u], c[u]);
  EACH along(u_[u], full, c[u], v[u]);
  EACH slope(v[u], rho[u], d[u]);
  EACH TIMES(i, 3) {
    const vf two = splat(2.0f);
    v[u][i] = ((a[u][i] + two * b[u][i]) + two * c[u][i]) + d[u][i];
  }
  EACH along(u_[u], sixth, v[u], u_[u]);
}
#endif

INLINE void chunk(const int U, const job *j, int at) {
  vf rho[4], state[4][3];
  EACH {
    rho[u] = load(j->in[0].f + at + u * LANES);
    state[u][0] = splat(1.0f);
    state[u][1] = state[u][2] = splat(0.0f);
  }
  for (int t = 0; t < j->steps; t++) step(U, state, rho);
  EACH TIMES(c, 3) store(j->out + c * j->points + at + u * LANES, state[u][c]);
}

ALL_POINTS(chunk)
