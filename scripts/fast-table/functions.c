// One function for each row of the table.
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  double x, y;
} Point;

int32_t nothing(void) { return 1; }
int32_t small(int32_t a, uint8_t b, bool c) { return a + b + c; }
double floats(float a, double b) { return a + b; }
double mixed(int32_t a, double b, uint32_t c, float d, int16_t e, bool f) { return a + b + c + d + e + f; }
int32_t takes_wide(int64_t a) { return (int32_t)a; }
int64_t gives_wide(int32_t a) { return a; }
void *pointer(void *a) { return a; }
int32_t buffer(const uint8_t *a) { return a[0]; }
int32_t string(const char *a) { return (int32_t)strlen(a); }
const char *gives_string(void) { return "text"; }
int32_t seven(int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f, int32_t g) { return a + b + c + d + e + f + g; }
double sum_point(Point a) { return a.x + a.y; }
Point turn(Point a) { return (Point){-a.y, a.x}; }
double sum_at(const Point *a) { return a->x + a->y; }
int32_t takes_function(int32_t (*a)(void)) { return a != NULL; }
int32_t more(int32_t count, ...) {
  va_list list;
  va_start(list, count);
  int32_t sum = 0;
  for (int32_t i = 0; i < count; i++) sum += va_arg(list, int32_t);
  va_end(list);
  return sum;
}
