// Shared by the three kernels: eight float lanes (one state each), files in and out, timing.
//
//   kernel INPUT OUTPUT POINTS STEPS GROUPS REPEATS
//
// INPUT and OUTPUT are raw float32. GROUPS is the number of 8-lane groups interleaved; the caller tries all and keeps
// the best. Prints one line: milliseconds of the fastest of REPEATS runs.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LANES 8
#define INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((vector_size(32)));
typedef int vi __attribute__((vector_size(32)));

INLINE vf splat(float x) { return (vf){x, x, x, x, x, x, x, x}; }
INLINE vi splati(int x) { return (vi){x, x, x, x, x, x, x, x}; }
INLINE vf select_f(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }
INLINE vf load(const float *p) {
  vf v;
  memcpy(&v, p, sizeof v);
  return v;
}
INLINE void store(float *p, vf v) { memcpy(p, &v, sizeof v); }

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static float *read_floats(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (!file) { perror(path); exit(2); }
  fseek(file, 0, SEEK_END);
  long bytes = ftell(file);
  rewind(file);
  float *data = aligned_alloc(64, ((size_t)bytes + 63) / 64 * 64);
  *count = fread(data, 4, (size_t)bytes / 4, file);
  fclose(file);
  return data;
}

static void write_floats(const char *path, const float *data, size_t count) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(data, 4, count, file) != count) { perror(path); exit(2); }
  fclose(file);
}

// What a kernel file defines: how many floats a point gives, and the run over all points.
static const int outputs;
static void run(const float *input, float *output, int points, int steps, int groups);

int main(int argc, char **argv) {
  if (argc != 7) { fprintf(stderr, "usage: %s INPUT OUTPUT POINTS STEPS GROUPS REPEATS\n", argv[0]); return 2; }
  size_t count;
  const float *input = read_floats(argv[1], &count);
  int points = atoi(argv[3]), steps = atoi(argv[4]), groups = atoi(argv[5]), repeats = atoi(argv[6]);
  float *output = aligned_alloc(64, ((size_t)points * outputs * 4 + 63) / 64 * 64);
  double best = 1e30;
  for (int r = 0; r < repeats; r++) {
    double start = now_ms();
    run(input, output, points, steps, groups);
    double ms = now_ms() - start;
    if (ms < best) best = ms;
  }
  write_floats(argv[2], output, (size_t)points * outputs);
  printf("%.4f\n", best);
  return 0;
}

// Calls a kernel written for a constant number of groups.
#define DISPATCH(kernel, groups, ...)                    \
  switch (groups) {                                      \
    case 1: kernel(1, __VA_ARGS__); break;               \
    case 2: kernel(2, __VA_ARGS__); break;               \
    case 3: kernel(3, __VA_ARGS__); break;               \
    case 4: kernel(4, __VA_ARGS__); break;               \
    default: fprintf(stderr, "groups: 1 to 4\n"); exit(2); \
  }
#define EACH for (int u = 0; u < U; u++)
