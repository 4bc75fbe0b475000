#ifdef __linux__
#include <features.h>
#endif
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
#define FILENAME_MAX 260
#define FOPEN_MAX 20
#elif defined __APPLE__
#define BUFSIZ 1024
#define FILENAME_MAX 1024
#define FOPEN_MAX 20
#else
#define BUFSIZ 8192
#define FILENAME_MAX 4096
#define FOPEN_MAX 16
#endif
