// The functions that the benchmark calls. They do as little as they can: the way to them is measured.
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int32_t nothing(void) { return 42; }

int32_t add_i32(int32_t a, int32_t b) { return a + b; }

double add_f64(double a, double b) { return a + b; }

int64_t add_i64(int64_t a, int64_t b) { return a + b; }

double mixed(int32_t a, double b, int64_t c, float d, uint8_t e, bool f) {
  return a + b + (double)c + d + e + f;
}

uint32_t length(const char *text) { return (uint32_t)strlen(text); }

const char *greeting(void) { return "Hello, world!"; }

uint32_t sum4(const uint8_t *bytes) { return (uint32_t)bytes[0] + bytes[1] + bytes[2] + bytes[3]; }

const uint8_t *next(const uint8_t *place) { return place + 1; }

// Only bound, so that the library has ten functions.
double half(double value) { return value / 2; }

// Structs: see records.mjs.

// GCC would add both doubles at once, by way of the stack: that takes as long as a whole call.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-slp-vectorize")
#endif

typedef struct {
  double re, im;
} Complex;

typedef struct {
  int32_t x, y;
} Point;

typedef struct {
  int32_t a;
  double b;
  int16_t c;
  float d;
  uint8_t e;
} Five;

Complex add_complex(Complex a, Complex b) { return (Complex){a.re + b.re, a.im + b.im}; }

Point add_points(Point a, Point b) { return (Point){a.x + b.x, a.y + b.y}; }

int32_t sum_point(const Point *point) { return point->x + point->y; }

// A quarter turn of each.
void turn_points(Point *points, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) points[i] = (Point){-points[i].y, points[i].x};
}

// One of four, which stay where they are.
const Five *five_at(uint32_t index) {
  static Five fives[4];
  Five *five = &fives[index & 3];
  int n = (int)(index & 3);
  *five = (Five){1000 * n, n + 0.5, (int16_t)-n, (float)n * 0.25f, (uint8_t)(200 + n)};
  return five;
}

// A struct that has a string inside: see memory.mjs.
typedef struct {
  const char *text;
  uint32_t times;
} Label;

uint32_t label_length(Label label) { return (uint32_t)strlen(label.text) * label.times; }

// Callbacks: see callbacks.mjs.

typedef int32_t (*Step)(int32_t);
typedef int (*Compare)(const void *, const void *);

int32_t repeat(uint32_t count, Step step) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < count; i++) sum += (uint32_t)step((int32_t)i);
  return (int32_t)sum;
}

void sort_i32(int32_t *values, uint32_t count, Compare compare) { qsort(values, count, sizeof *values, compare); }
