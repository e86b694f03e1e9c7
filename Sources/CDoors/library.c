#include <dlfcn.h>

#include "cdoors.h"

void *cdoors_open_first(const char *const *names, size_t count) {
  void *library = NULL;
  for (size_t index = 0; !library && index < count; index++) library = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
  return library;
}
