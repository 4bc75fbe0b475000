// What arkffi-pages.mjs calls.
#include <stdint.h>
#include <string.h>

typedef struct {
  double real;
  double imag;
} complex_t;

typedef struct {
  int32_t x;
  int32_t y;
} point_t;

double add(double a, double b) { return a + b; }
double divide(double a, double b) { return a / b; }

int32_t gcd(int32_t a, int32_t b) {
  for (; b != 0;) {
    const int32_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

int64_t factorial(int32_t n) { return n < 2 ? 1 : n * factorial(n - 1); }

/** Numbers and a string in one call. */
double compute(int32_t times, double value, const char *operation) {
  for (int32_t i = 0; i < times; i++) value = strcmp(operation, "square") == 0 ? value * value : value / 2;
  return value;
}

const char *version(void) { return "1.0.0"; }

int32_t apply_callback(int32_t (*callback)(int32_t), int32_t value) { return callback(value); }

void foreach(const int32_t *values, int32_t count, void (*callback)(int32_t)) {
  for (int32_t i = 0; i < count; i++) callback(values[i]);
}

/** Sorts four values. */
void sort(int32_t *values, int32_t (*compare)(int32_t, int32_t)) {
  for (int i = 0; i < 4; i++)
    for (int j = i + 1; j < 4; j++)
      if (compare(values[i], values[j]) > 0) {
        const int32_t value = values[i];
        values[i] = values[j];
        values[j] = value;
      }
}

void set_point(point_t *point, int32_t x, int32_t y) { *point = (point_t){x, y}; }

complex_t complex_new(double real, double imag) { return (complex_t){real, imag}; }
complex_t complex_add(complex_t a, complex_t b) { return complex_new(a.real + b.real, a.imag + b.imag); }
complex_t complex_mul(complex_t a, complex_t b) {
  return complex_new(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real);
}

/** Conjugates values where they are. */
void conjugate(complex_t *values, int32_t count) {
  for (int32_t i = 0; i < count; i++) values[i].imag = -values[i].imag;
}
