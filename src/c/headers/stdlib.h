#ifdef __linux__
#include <features.h>
#endif
#include <stddef.h>
#define EXIT_SUCCESS 0
#ifdef _WIN32
#define RAND_MAX 0x7fff
#else
#define RAND_MAX 2147483647
#endif
#define EXIT_FAILURE 1
typedef struct {
  int quot;
  int rem;
} div_t;
typedef struct {
  long quot;
  long rem;
} ldiv_t;
typedef struct {
  long long quot;
  long long rem;
} lldiv_t;
