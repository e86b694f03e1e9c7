#include "library.h"

#include <pthread.h>

#include "cdoors.h"
#include "czip.h"

#define DEFINE(name) __typeof__(name) *name##_;
CZIP_FUNCTIONS(DEFINE)

#define FIND(name) \
  name##_ = (__typeof__(name) *)dlsym(library, #name); \
  if (!name##_) return dlerror();

static const char *failure;

static const char *find_all(void) {
  static const char *const names[] = {
#ifdef __APPLE__
      "libzip.5.dylib", "/opt/homebrew/lib/libzip.5.dylib", "/usr/local/lib/libzip.5.dylib",
#else
      // 4 is Debian's number until version 12.
      "libzip.so.4", "libzip.so.5",
#endif
  };
  void *library = cdoors_open_first(names, sizeof names / sizeof *names);
  if (!library) return dlerror();
  CZIP_FUNCTIONS(FIND)
  return NULL;
}

static void load(void) { failure = find_all(); }

const char *czip_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return failure;
}
