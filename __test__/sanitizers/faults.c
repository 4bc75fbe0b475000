// Mistakes of C that the recipes of docs/sanitizers.md must find. Not a fixture: no test calls these.
#include <stdlib.h>

void write_behind(char *memory, int size) { memory[size] = 1; }
int read_freed(int *memory) {
  free(memory);
  return *memory;
}
void lose(int size) {
  char *volatile memory = malloc((size_t)size);
  memory[0] = 1;
  memory = NULL;
}
