/* The same exports as greet.go, for machines without Go. */
#include "greet.h"
#include <stdio.h>
#include <stdlib.h>

GoInt64 Add(GoInt64 a, GoInt64 b) { return a + b; }

char* Greet(char* name) {
  int length = snprintf(NULL, 0, "Hello, %s!", name);
  char* text = malloc(length + 1);
  if (text) snprintf(text, length + 1, "Hello, %s!", name);
  return text;
}

struct Divide_return Divide(GoInt64 a, GoInt64 b) { return (struct Divide_return){a / b, a % b}; }

void FreeString(char* text) { free(text); }
