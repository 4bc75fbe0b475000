/* A discrete Fourier transform of real numbers, for machines without FFTW; count is a power of two. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>

static void transform(double complex *values, size_t count, double complex *scratch) {
  if (count < 2) return;
  size_t half = count / 2;
  for (size_t i = 0; i < half; i++) {
    scratch[i] = values[2 * i];
    scratch[half + i] = values[2 * i + 1];
  }
  transform(scratch, half, values);
  transform(scratch + half, half, values);
  for (size_t i = 0; i < half; i++) {
    double complex odd = cexp(-2 * I * acos(-1) * i / count) * scratch[half + i];
    values[i] = scratch[i] + odd;
    values[half + i] = scratch[i] - odd;
  }
}

/* Writes count / 2 + 1 pairs of a real and an imaginary part. Returns 0 when there is no memory. */
int real_fft(const double *samples, double *bins, size_t count) {
  double complex *values = malloc(2 * count * sizeof *values);
  if (!values) return 0;
  for (size_t i = 0; i < count; i++) values[i] = samples[i];
  transform(values, count, values + count);
  for (size_t i = 0; i <= count / 2; i++) {
    bins[2 * i] = creal(values[i % count]);
    bins[2 * i + 1] = cimag(values[i % count]);
  }
  free(values);
  return 1;
}
