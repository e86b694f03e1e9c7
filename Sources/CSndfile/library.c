#include "library.h"

#include "csndfile.h"

#define DEFINE(result, name, parameters) result(*name) parameters;
CSNDFILE_FUNCTIONS(DEFINE)

const char *csndfile_load(void) {
  static const char *const names[] = {
#ifdef __APPLE__
    "libsndfile.1.dylib", "/opt/homebrew/lib/libsndfile.1.dylib", "/usr/local/lib/libsndfile.1.dylib",
#else
    "libsndfile.so.1",
#endif
  };
  void *library = cdoors_open_first(names, sizeof names / sizeof *names);
  if (!library) return dlerror();
  CSNDFILE_FUNCTIONS(CDOORS_FIND)
  return NULL;
}
