/* What cgo writes beside a c-shared library, as far as programs need it: the exports of greet.go. */

#ifdef __cplusplus
extern "C" {
#endif

typedef long long GoInt64;

/* Return type for Divide */
struct Divide_return {
  GoInt64 r0; /* quotient */
  GoInt64 r1; /* remainder */
};

extern GoInt64 Add(GoInt64 a, GoInt64 b);
extern char* Greet(char* name);
extern struct Divide_return Divide(GoInt64 a, GoInt64 b);
extern void FreeString(char* text);

#ifdef __cplusplus
}
#endif
