#include "library.h"

#include <dlfcn.h>
#include <pthread.h>

heed_hdf5 chdf5_library;

// Debian's names, those of others, and macOS'; the numbers are of 1.10, 1.12 and 1.14.
static const char *const names[] = {
    "libhdf5_serial.so.103", "libhdf5_serial.so.200", "libhdf5_serial.so.310", "libhdf5_serial.so",
    "libhdf5.so.103",        "libhdf5.so.200",        "libhdf5.so.310",        "libhdf5.so",
    "libhdf5.dylib",         "/opt/homebrew/lib/libhdf5.dylib",
};

#define HEED_TEXT_OF(name) #name
#define HEED_TEXT(name) HEED_TEXT_OF(name)
#define HEED_FIND(name) && (*(void **)&h5.name = dlsym(library, HEED_TEXT(name)))

static int find_all(void *library) {
  int found = 1 HEED_FUNCTIONS(HEED_FIND) && (h5.file_access_class = dlsym(library, "H5P_CLS_FILE_ACCESS_ID_g")) &&
              (h5.c_text = dlsym(library, "H5T_C_S1_g"));
  unsigned major = 0, minor = 0, release = 0;
  // The library has nothing to put in order at the program's end.
  if (found) h5.H5dont_atexit();
  return found && h5.H5get_libversion(&major, &minor, &release) >= 0 && major == H5_VERS_MAJOR &&
         minor == H5_VERS_MINOR && h5.H5open() >= 0;
}

static int is_loaded;

static void load(void) {
  for (size_t i = 0; !is_loaded && i < sizeof names / sizeof *names; i++) {
    void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    is_loaded = library && find_all(library);
  }
}

int chdf5_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_loaded;
}
