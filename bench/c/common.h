// Shared by the C programs: eight float lanes (one point each), arrays in and out, timing.
//
//   program INPUT OUTPUT POINTS STEPS GROUPS REPEATS
//
// INPUT holds arrays of 32-bit words, each after its length; OUTPUT gets raw float32, [outputs][points]. GROUPS is the
// number of 8-lane groups interleaved; the caller tries all and keeps the best. Prints one line: the milliseconds of each
// of REPEATS runs; before them one is not timed. FAST is defined where the compiler may contract: shorter formulas, too.

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LANES 8
#define INLINE static inline __attribute__((always_inline))
#define PRAGMA(x) _Pragma(#x)
#ifdef __clang__
#define UNROLL PRAGMA(clang loop unroll(full))
#else
#define UNROLL PRAGMA(GCC unroll 16)
#endif
// For the groups of a chunk; U is a constant wherever this is used.
#define EACH UNROLL for (int u = 0; u < U; u++)
#define TIMES(i, n) UNROLL for (int i = 0; i < (n); i++)

typedef float vf __attribute__((vector_size(32)));
typedef int32_t vi __attribute__((vector_size(32)));
typedef uint32_t vu __attribute__((vector_size(32)));
typedef double vd __attribute__((vector_size(32)));

INLINE vf splat(float x) { return (vf){x, x, x, x, x, x, x, x}; }
INLINE vi splati(int32_t x) { return (vi){x, x, x, x, x, x, x, x}; }
INLINE vu splatu(uint32_t x) { return (vu){x, x, x, x, x, x, x, x}; }
INLINE vd splatd(double x) { return (vd){x, x, x, x}; }
INLINE vf select_f(vi mask, vf a, vf b) { return (vf)_mm256_blendv_ps((__m256)b, (__m256)a, (__m256)mask); }
// NaN passes from x.
INLINE vf at_least(vf x, float low) { return (vf)_mm256_max_ps((__m256)splat(low), (__m256)x); }
INLINE vf at_most(vf x, float high) { return (vf)_mm256_min_ps((__m256)splat(high), (__m256)x); }
INLINE vf sqrt_vf(vf x) { return (vf)_mm256_sqrt_ps((__m256)x); }
INLINE vf to_float(vi x) { return (vf)_mm256_cvtepi32_ps((__m256i)x); }
INLINE int any(vi mask) { return _mm256_movemask_ps((__m256)mask); }
INLINE vf load(const float *p) { return (vf)_mm256_loadu_ps(p); }
INLINE vi loadi(const int32_t *p) { return (vi)_mm256_loadu_si256((const __m256i *)p); }
INLINE void store(float *p, vf v) { _mm256_storeu_ps(p, (__m256)v); }

// An array of the input. A column of the space has `points` words.
typedef union { const float *f; const int32_t *i; } array;

typedef struct {
  int points, steps;
  const array *in;
  float *out;
} job;

// What a program defines: how many floats a point gives, and the run over all points.
static int outputs(const job *j);
static void run(const job *j, int groups);

// On a machine that is not alone, CLOCK_THREAD_CPUTIME_ID shows which of two programs is the better one.
#ifndef CLOCK
#define CLOCK CLOCK_MONOTONIC
#endif

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static void *aligned(size_t bytes) {
  void *p = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  if (!p) { perror("memory"); exit(2); }
  return p;
}

static void read_arrays(const char *path, array *arrays, int most) {
  FILE *file = fopen(path, "rb");
  if (!file) { perror(path); exit(2); }
  int32_t words;
  for (int k = 0; k < most && fread(&words, 4, 1, file) == 1; k++) {
    // A vector beyond the end may be read.
    float *data = aligned((size_t)words * 4 + 64);
    if (fread(data, 4, (size_t)words, file) != (size_t)words) { fprintf(stderr, "%s: too short\n", path); exit(2); }
    arrays[k].f = data;
  }
  fclose(file);
}

int main(int argc, char **argv) {
  if (argc != 7) { fprintf(stderr, "usage: %s INPUT OUTPUT POINTS STEPS GROUPS REPEATS\n", argv[0]); return 2; }
  array arrays[16] = {{0}};
  read_arrays(argv[1], arrays, 16);
  job j = {.points = atoi(argv[3]), .steps = atoi(argv[4]), .in = arrays};
  const int groups = atoi(argv[5]), repeats = atoi(argv[6]);
  if (j.points % LANES) { fprintf(stderr, "points: a multiple of %d\n", LANES); return 2; }
  const size_t count = (size_t)j.points * outputs(&j);
  j.out = aligned(count * 4);
  for (int r = 0; r <= repeats; r++) {
    const double start = now_ms();
    run(&j, groups);
    if (r > 0) printf("%.4f ", now_ms() - start);
  }
  printf("\n");
  FILE *file = fopen(argv[2], "wb");
  if (!file || fwrite(j.out, 4, count, file) != count) { perror(argv[2]); return 2; }
  fclose(file);
  return 0;
}

// Runs a chunk, written for a constant number of groups, over all points: `name(U, job, first point)`.
#define ALL_POINTS(name)                                                                        \
  INLINE void name##_all(const int U, const job *j) {                                           \
    int at = 0;                                                                                 \
    for (; at + U * LANES <= j->points; at += U * LANES) name(U, j, at);                        \
    for (; at < j->points; at += LANES) name(1, j, at);                                         \
  }                                                                                             \
  static __attribute__((noinline)) void name##_1(const job *j) { name##_all(1, j); }            \
  static __attribute__((noinline)) void name##_2(const job *j) { name##_all(2, j); }            \
  static __attribute__((noinline)) void name##_3(const job *j) { name##_all(3, j); }            \
  static __attribute__((noinline)) void name##_4(const job *j) { name##_all(4, j); }            \
  static void run(const job *j, int groups) {                                                   \
    switch (groups) {                                                                           \
      case 1: name##_1(j); break;                                                               \
      case 2: name##_2(j); break;                                                               \
      case 3: name##_3(j); break;                                                               \
      case 4: name##_4(j); break;                                                               \
      default: fprintf(stderr, "groups: 1 to 4\n"); exit(2);                                    \
    }                                                                                           \
  }
