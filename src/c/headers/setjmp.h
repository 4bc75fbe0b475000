#ifdef __linux__
#include <features.h>
struct __jmp_buf_tag {
#ifdef __x86_64__
  long __jmpbuf[8];
#else
  unsigned long long __jmpbuf[22];
#endif
  int __mask_was_saved;
  unsigned long __saved_mask[16];
};
typedef struct __jmp_buf_tag jmp_buf[1];
typedef struct __jmp_buf_tag sigjmp_buf[1];
#elif defined __APPLE__
#ifdef __x86_64__
typedef int jmp_buf[37];
typedef int sigjmp_buf[38];
#else
typedef int jmp_buf[48];
typedef int sigjmp_buf[49];
#endif
#elif defined _M_X64
typedef struct __declspec(align(16)) _SETJMP_FLOAT128 {
  unsigned __int64 Part[2];
} jmp_buf[16];
#else
typedef unsigned __int64 jmp_buf[24];
#endif
