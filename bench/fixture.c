// The functions that the benchmark calls. They do as little as they can: the way to them is measured.
#include <stdbool.h>
#include <stdint.h>
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

// Only bound, so that the library has ten functions.
int32_t negate(int32_t value) { return -value; }

double half(double value) { return value / 2; }
