#include <stddef.h>
#ifdef _WIN32
typedef struct _iobuf FILE;
#elif defined __APPLE__
typedef struct __sFILE FILE;
#else
typedef struct _IO_FILE FILE;
#endif
#define EOF (-1)
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#ifdef _WIN32
#define BUFSIZ 512
#elif defined __APPLE__
#define BUFSIZ 1024
#else
#define BUFSIZ 8192
#endif
