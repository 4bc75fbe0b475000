// More for callbacks. The stream starts with the number of calls; each call has its arguments and then the
// result that C must get. A text among the arguments is in the stream itself.
struct oracle_opaque;
struct oracle_hidden;

// At most so many calls, and so many texts in one.
enum { CALLS = 3, TEXTS = 64 };

static struct {
  char *bytes;
  size_t length;
} texts[TEXTS];
static int text_count;

LOCAL char *next_text(void) {
  uint64_t mode = next();
  if (mode == 0) return (char *)(uintptr_t)next();
  uint64_t length = next();
  char *bytes = (char *)(uintptr_t)at;
  at += (length + 7) / 8;
  texts[text_count % TEXTS].bytes = bytes;
  texts[text_count++ % TEXTS].length = length;
  return bytes;
}

// What a callback got as a string is C's again when it has returned; whoever still reads it finds an end.
LOCAL void overwrite_texts(void) {
  for (int index = 0; index < text_count && index < TEXTS; index++) memset(texts[index].bytes, 'x', texts[index].length - 1);
  text_count = 0;
}

// Uses the scratch memory of calls.
EXPORT int32_t oracle_length(const char *text) { return (int32_t)strlen(text); }
