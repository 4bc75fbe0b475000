// What a careful author writes by hand with Node-API for the functions of fixture.c: no FFI, every
// argument read and checked by the engine, every result made by it.
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

int32_t nothing(void);
int32_t add_i32(int32_t a, int32_t b);
double add_f64(double a, double b);
int64_t add_i64(int64_t a, int64_t b);
double mixed(int32_t a, double b, int64_t c, float d, uint8_t e, bool f);
uint32_t length(const char *text);
const char *greeting(void);
uint32_t sum4(const uint8_t *bytes);

static napi_value refuse(napi_env env) {
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "wrong arguments");
  return NULL;
}

// Reads `count` arguments into `args`; leaves the function when there are fewer.
#define ARGUMENTS(count)                                                                        \
  napi_value args[count];                                                                       \
  size_t given = count;                                                                         \
  if (napi_get_cb_info(env, info, &given, args, NULL, NULL) != napi_ok || given < count) \
    return refuse(env);

#define READ(type, index, place) \
  if (napi_get_value_##type(env, args[index], place) != napi_ok) return refuse(env);

static napi_value call_nothing(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  napi_create_int32(env, nothing(), &result);
  return result;
}

static napi_value call_add_i32(napi_env env, napi_callback_info info) {
  ARGUMENTS(2)
  int32_t a, b;
  READ(int32, 0, &a)
  READ(int32, 1, &b)
  napi_value result;
  napi_create_int32(env, add_i32(a, b), &result);
  return result;
}

static napi_value call_add_f64(napi_env env, napi_callback_info info) {
  ARGUMENTS(2)
  double a, b;
  READ(double, 0, &a)
  READ(double, 1, &b)
  napi_value result;
  napi_create_double(env, add_f64(a, b), &result);
  return result;
}

static napi_value call_add_i64(napi_env env, napi_callback_info info) {
  ARGUMENTS(2)
  int64_t a, b;
  READ(int64, 0, &a)
  READ(int64, 1, &b)
  napi_value result;
  napi_create_int64(env, add_i64(a, b), &result);
  return result;
}

static napi_value call_mixed(napi_env env, napi_callback_info info) {
  ARGUMENTS(6)
  int32_t a;
  double b, d;
  int64_t c;
  uint32_t e;
  bool f;
  READ(int32, 0, &a)
  READ(double, 1, &b)
  READ(int64, 2, &c)
  READ(double, 3, &d)
  READ(uint32, 4, &e)
  READ(bool, 5, &f)
  napi_value result;
  napi_create_double(env, mixed(a, b, c, (float)d, (uint8_t)e, f), &result);
  return result;
}

static napi_value call_length(napi_env env, napi_callback_info info) {
  ARGUMENTS(1)
  // Nearly every string fits; asking for the length first would cost as much as copying it.
  char small[2048];
  char *text = small;
  size_t written;
  if (napi_get_value_string_utf8(env, args[0], small, sizeof small, &written) != napi_ok) return refuse(env);
  // The engine ends a string that does not fit before the character that would be cut.
  if (written + 4 >= sizeof small) {
    size_t size;
    napi_get_value_string_utf8(env, args[0], NULL, 0, &size);
    text = malloc(size + 1);
    if (text == NULL) return refuse(env);
    napi_get_value_string_utf8(env, args[0], text, size + 1, &written);
  }
  uint32_t found = length(text);
  if (text != small) free(text);
  napi_value result;
  napi_create_uint32(env, found, &result);
  return result;
}

static napi_value call_greeting(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  napi_create_string_utf8(env, greeting(), NAPI_AUTO_LENGTH, &result);
  return result;
}

static napi_value call_sum4(napi_env env, napi_callback_info info) {
  ARGUMENTS(1)
  void *bytes;
  size_t size;
  if (napi_get_typedarray_info(env, args[0], NULL, &size, &bytes, NULL, NULL) != napi_ok || size < 4)
    return refuse(env);
  napi_value result;
  napi_create_uint32(env, sum4(bytes), &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_property_descriptor functions[] = {
      {"nothing", NULL, call_nothing, NULL, NULL, NULL, napi_enumerable, NULL},
      {"add_i32", NULL, call_add_i32, NULL, NULL, NULL, napi_enumerable, NULL},
      {"add_f64", NULL, call_add_f64, NULL, NULL, NULL, napi_enumerable, NULL},
      {"add_i64", NULL, call_add_i64, NULL, NULL, NULL, napi_enumerable, NULL},
      {"mixed", NULL, call_mixed, NULL, NULL, NULL, napi_enumerable, NULL},
      {"length", NULL, call_length, NULL, NULL, NULL, napi_enumerable, NULL},
      {"greeting", NULL, call_greeting, NULL, NULL, NULL, napi_enumerable, NULL},
      {"sum4", NULL, call_sum4, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
