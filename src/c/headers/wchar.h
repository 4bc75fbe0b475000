#include <stddef.h>
typedef struct __arkffi_mbstate mbstate_t;
#define WEOF ((wint_t)-1)
