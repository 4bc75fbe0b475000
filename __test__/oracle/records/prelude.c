// The part that all generated C files of the record oracle share; the generated functions follow it.
//
// What C must get, and what it gives back, is a stream of numbers that JavaScript writes before a call.
// Each scalar is one: its bits, extended to 64. Bytes are packed into words. A union starts with the
// position of the member that is there. A pointer starts with a mode: 0 and its address; 1, a length and
// bytes that are there; 2, a count and so many values that are there, aligned as C wants; 3 is 2, unaligned.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <uchar.h>
#include <wchar.h>

#pragma GCC diagnostic ignored "-Wpacked-not-aligned"
#pragma GCC diagnostic ignored "-Wpsabi"

#if defined(_WIN32)
#define EXPORT __attribute__((unused)) __declspec(dllexport)
#else
#define EXPORT __attribute__((unused, visibility("default")))
#endif
#define LOCAL static __attribute__((unused, noinline))

typedef int32_t callee(int32_t);

enum { RIGHT = -1, STACK = -2 };

static const uint64_t *stream, *at;
static int called = -1;
static int mismatch = RIGHT;

// Starts a call that is to be checked.
EXPORT void oracle_begin(const uint64_t *numbers) {
  stream = at = numbers;
  called = -1;
  mismatch = RIGHT;
}

// The function that was called since; -1 for none.
EXPORT int32_t oracle_called(void) { return called; }

// The position of the first number that was something else; RIGHT, or STACK when that was misaligned.
EXPORT int32_t oracle_mismatch(void) { return mismatch; }

// How many numbers were read.
EXPORT int32_t oracle_read(void) { return (int32_t)(at - stream); }

LOCAL void begin(int function, const void *stack) {
  called = function;
  if ((uintptr_t)stack % 16 != 0) mismatch = STACK;
}

LOCAL uint64_t next(void) { return *at++; }

LOCAL void require(bool holds) {
  if (!holds && mismatch == RIGHT) mismatch = (int)(at - stream) - 1;
}

// How a parameter is aligned. On the stack of arm, where up to four doubles may be, gcc itself keeps only 16.
#if defined(__aarch64__)
#define ALIGN(T) (sizeof(T) <= 32 && _Alignof(T) > 16 ? 16 : _Alignof(T))
#else
#define ALIGN(T) _Alignof(T)
#endif

// The compiler must not conclude from the type that it holds.
static __attribute__((noinline, noclone, unused)) void expect_aligned(const volatile void *place, size_t align) {
  __asm__("" : "+r"(place));
  // The number that comes first in the record.
  if ((uintptr_t)place % align != 0 && mismatch == RIGHT) mismatch = (int)(at - stream);
}

// A parameter is C's own: what it writes there nobody sees.
LOCAL void overwrite(void *place, size_t length) {
  memset(place, 0x5a, length);
  __asm__ volatile("" : : "r"(place) : "memory");
}

LOCAL void expect(uint64_t bits) {
  uint64_t wanted = next();
  require(bits == wanted);
}

// The byte itself: a bool that is neither 0 nor 1 must not pass.
LOCAL void expect_bool(const void *place) { expect(*(const unsigned char *)place); }

LOCAL void expect_f32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  expect(bits);
}

LOCAL void expect_f64(double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  expect(bits);
}

// After something was wrong nothing is believed any more.
LOCAL void expect_bytes(const void *bytes, size_t length) {
  require(mismatch != RIGHT || memcmp(bytes, at, length) == 0);
  at += (length + 7) / 8;
}

LOCAL void expect_zero(const void *bytes, size_t length) {
  uint64_t wanted = next();
  if (!wanted || mismatch != RIGHT) return;
  for (size_t index = 0; index < length; index++) require(((const unsigned char *)bytes)[index] == 0);
}

// How many values there are behind a pointer.
LOCAL uint64_t follow(uintptr_t address, size_t align) {
  uint64_t mode = next();
  if (mismatch != RIGHT) return 0;
  if (mode == 0) {
    expect(address);
    return 0;
  }
  uint64_t length = next();
  require(address != 0 && (mode != 2 || address % align == 0));
  if (mismatch != RIGHT) return 0;
  if (mode != 1) return length;
  expect_bytes((const void *)address, length);
  return 0;
}

LOCAL void expect_pointer(uintptr_t address) { follow(address, 1); }

LOCAL uintptr_t next_address(void) {
  next();
  return (uintptr_t)next();
}

LOCAL float next_f32(void) {
  uint32_t bits = (uint32_t)next();
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

LOCAL double next_f64(void) {
  uint64_t bits = next();
  double value;
  memcpy(&value, &bits, 8);
  return value;
}

LOCAL void next_bytes(void *bytes, size_t length) {
  memcpy(bytes, at, length);
  at += (length + 7) / 8;
}
