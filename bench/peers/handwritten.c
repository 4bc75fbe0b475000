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
const uint8_t *next(const uint8_t *place);
int32_t repeat(uint32_t count, int32_t (*step)(int32_t));
void sort_i32(int32_t *values, uint32_t count, int (*compare)(const void *, const void *));

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

// Addresses are Numbers, as arkffi's are.
static napi_value call_next(napi_env env, napi_callback_info info) {
  ARGUMENTS(1)
  int64_t place;
  READ(int64, 0, &place)
  napi_value result;
  napi_create_int64(env, (int64_t)next((const uint8_t *)place), &result);
  return result;
}

// The function that C calls back, for the duration of one call. C stops calling it when it has thrown.
typedef struct {
  napi_env env;
  napi_value function;
  napi_value receiver;
  bool has_failed;
} Callee;

// The functions of fixture.c pass no context on.
static _Thread_local Callee *callee;

static int32_t call_back(size_t count, const int32_t *numbers) {
  if (callee->has_failed) return 0;
  napi_env env = callee->env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return 0;
  napi_value args[2], value;
  int32_t result = 0;
  for (size_t i = 0; i < count; i++) napi_create_int32(env, numbers[i], &args[i]);
  callee->has_failed = napi_call_function(env, callee->receiver, callee->function, count, args, &value) != napi_ok;
  if (!callee->has_failed && napi_get_value_int32(env, value, &result) != napi_ok) {
    callee->has_failed = true;
    refuse(env);
  }
  napi_close_handle_scope(env, scope);
  return result;
}

static int32_t step(int32_t value) { return call_back(1, &value); }

// What is compared is read here: nothing is quicker.
static int compare(const void *a, const void *b) {
  int32_t numbers[] = {*(const int32_t *)a, *(const int32_t *)b};
  return call_back(2, numbers);
}

// Takes a function as the callee. The caller puts back the one before.
static bool take_callee(napi_env env, napi_value function, Callee *taken) {
  *taken = (Callee){.env = env, .function = function};
  napi_valuetype type;
  return napi_typeof(env, function, &type) == napi_ok && type == napi_function &&
         napi_get_undefined(env, &taken->receiver) == napi_ok;
}

static napi_value call_repeat(napi_env env, napi_callback_info info) {
  ARGUMENTS(2)
  uint32_t count;
  READ(uint32, 0, &count)
  Callee taken, *outer = callee;
  if (!take_callee(env, args[1], &taken)) return refuse(env);
  callee = &taken;
  int32_t sum = repeat(count, step);
  callee = outer;
  if (taken.has_failed) return NULL;
  napi_value result;
  napi_create_int32(env, sum, &result);
  return result;
}

static napi_value call_sort_i32(napi_env env, napi_callback_info info) {
  ARGUMENTS(2)
  void *values;
  size_t count;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, args[0], &type, &count, &values, NULL, NULL) != napi_ok || type != napi_int32_array)
    return refuse(env);
  Callee taken, *outer = callee;
  if (!take_callee(env, args[1], &taken)) return refuse(env);
  callee = &taken;
  sort_i32(values, (uint32_t)count, compare);
  callee = outer;
  return NULL;
}

// `nothing` on a thread of the pool, through a promise.
typedef struct {
  napi_async_work work;
  napi_deferred deferred;
  int32_t result;
} Work;

static void work_off(napi_env env, void *data) {
  (void)env;
  ((Work *)data)->result = nothing();
}

static void settle(napi_env env, napi_status status, void *data) {
  (void)status;
  Work *work = data;
  napi_value result;
  napi_create_int32(env, work->result, &result);
  napi_resolve_deferred(env, work->deferred, result);
  napi_delete_async_work(env, work->work);
  free(work);
}

static napi_value call_nothing_async(napi_env env, napi_callback_info info) {
  (void)info;
  Work *work = malloc(sizeof *work);
  if (work == NULL) return refuse(env);
  napi_value promise, name;
  napi_create_promise(env, &work->deferred, &promise);
  napi_create_string_utf8(env, "nothing", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(env, NULL, name, work_off, settle, work, &work->work);
  napi_queue_async_work(env, work->work);
  return promise;
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
      {"next", NULL, call_next, NULL, NULL, NULL, napi_enumerable, NULL},
      {"repeat", NULL, call_repeat, NULL, NULL, NULL, napi_enumerable, NULL},
      {"sort_i32", NULL, call_sort_i32, NULL, NULL, NULL, napi_enumerable, NULL},
      {"nothing_async", NULL, call_nothing_async, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
