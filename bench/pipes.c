// What a round trip between two processes costs at least over pipes: a child of this process sends back what it gets.
#include <sys/wait.h>
#include <unistd.h>

static int move_all(int descriptor, char *bytes, int size, int is_write) {
  for (int done = 0; done < size;) {
    ssize_t now = is_write ? write(descriptor, bytes + done, size - done) : read(descriptor, bytes + done, size - done);
    if (now <= 0) return 0;
    done += now;
  }
  return 1;
}

static char message[4096];

/** Leaves the descriptors to write to and to read from; the child's process, or -1. */
int start_echo(int *ends, int size) {
  int there[2], back[2];
  if (pipe(there) != 0 || pipe(back) != 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    close(there[1]);
    close(back[0]);
    while (move_all(there[0], message, size, 0) && move_all(back[1], message, size, 1)) {
    }
    _exit(0);
  }
  close(there[0]);
  close(back[1]);
  ends[0] = there[1];
  ends[1] = back[0];
  return child;
}

/** So many round trips of a message. */
int ping_pong(int out, int in, int count, int size) {
  for (int index = 0; index < count; index++) {
    if (!move_all(out, message, size, 1) || !move_all(in, message, size, 0)) return 0;
  }
  return 1;
}

/** The child ends when its pipe does. */
void stop_echo(int child, int out, int in) {
  close(out);
  close(in);
  waitpid(child, 0, 0);
}

void nothing(void) {}
void *identity(void *pointer) { return pointer; }
