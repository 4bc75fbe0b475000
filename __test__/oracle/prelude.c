// The part that all generated C files share; the generated functions follow it.
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <uchar.h>
#include <wchar.h>

#if defined(_WIN32)
#define EXPORT __attribute__((unused)) __declspec(dllexport)
#else
#define EXPORT __attribute__((unused, visibility("default")))
#endif
#define LOCAL static __attribute__((unused, noinline))

enum { MISALIGNED = -2 };
enum kind { VALUE, TEXT, BYTES, CALLEE };

// What one argument must be, or one result is. For BYTES, `bits` is the index of the byte to invert.
struct expected {
  enum kind kind;
  uint32_t length;
  const void *bytes;
  uint64_t bits;
};

static const struct expected *wanted;
static int set;
static int called = -1;
static int mismatch = -1;

typedef int32_t callee(int32_t);
EXPORT int32_t oracle_callee(int32_t value) { return value + 1; }

// Chooses among the value sets of every function.
EXPORT void oracle_select(int32_t chosen) { set = chosen; }

// The function that was called since this was last asked; -1 for none.
EXPORT int32_t oracle_called(void) {
  int function = called;
  called = -1;
  return function;
}

// The index of the first argument of the last call that was wrong; -1 when all were right, MISALIGNED
// when the stack was not as every compiler expects it.
EXPORT int32_t oracle_mismatch(void) { return mismatch; }

LOCAL void begin(int function, const struct expected *arguments, const void *stack) {
  called = function;
  mismatch = (uintptr_t)stack % 16 == 0 ? -1 : MISALIGNED;
  wanted = arguments;
}

LOCAL void expect(int index, bool holds) {
  if (!holds && mismatch == -1) mismatch = index;
}

LOCAL void expect_bits(int index, uint64_t bits) { expect(index, bits == wanted[index].bits); }

// The byte itself: a bool that is neither 0 nor 1 must not pass.
LOCAL void expect_bool(int index, const bool *argument) {
  unsigned char byte;
  memcpy(&byte, argument, 1);
  expect_bits(index, byte);
}

LOCAL void expect_f32(int index, float argument) {
  uint32_t bits;
  memcpy(&bits, &argument, 4);
  expect_bits(index, bits);
}

LOCAL void expect_f64(int index, double argument) {
  uint64_t bits;
  memcpy(&bits, &argument, 8);
  expect_bits(index, bits);
}

LOCAL void expect_pointer(int index, uintptr_t address) {
  const struct expected *this = &wanted[index];
  unsigned char *bytes = (unsigned char *)address;
  switch (this->kind) {
    case VALUE:
      expect(index, address == this->bits);
      break;
    case CALLEE:
      expect(index, address == (uintptr_t)oracle_callee && oracle_callee(41) == 42);
      break;
    case TEXT:
      expect(index, bytes && strlen((char *)bytes) + 1 == this->length && !memcmp(bytes, this->bytes, this->length));
      break;
    case BYTES:
      expect(index, bytes && !memcmp(bytes, this->bytes, this->length));
      // JavaScript must see this.
      if (bytes) bytes[this->bits] = ~((const unsigned char *)this->bytes)[this->bits];
      break;
  }
}

LOCAL float f32_of(uint64_t bits) {
  uint32_t low = (uint32_t)bits;
  float value;
  memcpy(&value, &low, 4);
  return value;
}

LOCAL double f64_of(uint64_t bits) {
  double value;
  memcpy(&value, &bits, 8);
  return value;
}

LOCAL uintptr_t pointer_of(const struct expected *result) {
  return result->bytes ? (uintptr_t)result->bytes : (uintptr_t)result->bits;
}
