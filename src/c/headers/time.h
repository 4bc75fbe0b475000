#ifndef __ARKFFI_TIME_H
#define __ARKFFI_TIME_H
#include <stddef.h>
struct timespec {
  time_t tv_sec;
  long tv_nsec;
};
#ifdef _WIN32
struct timeval {
  long tv_sec;
  long tv_usec;
};
#else
struct timeval {
  time_t tv_sec;
  suseconds_t tv_usec;
};
#endif
struct tm {
  int tm_sec;
  int tm_min;
  int tm_hour;
  int tm_mday;
  int tm_mon;
  int tm_year;
  int tm_wday;
  int tm_yday;
  int tm_isdst;
#ifndef _WIN32
  long tm_gmtoff;
  const char *tm_zone;
#endif
};
#ifdef __linux__
#define CLOCKS_PER_SEC ((clock_t)1000000)
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#elif defined __APPLE__
#define CLOCKS_PER_SEC ((clock_t)1000000)
#else
#define CLOCKS_PER_SEC ((clock_t)1000)
#endif
#endif
