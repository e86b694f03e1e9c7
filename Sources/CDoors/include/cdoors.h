#pragma once
// What the doors to optional libraries share: opening one at run time, and letting it work on a file that nobody vouches
// for in a child process of bounded time and memory, where a crash is one more error.
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/// Opens the first of the names that the system's loader finds; NULL if it finds none, and dlerror() says why.
void *cdoors_open_first(const char *const *names, size_t count);

/// For a list of functions F(result, name, parameters): finds each in `library` and keeps it under its name, or returns why
/// not.
#define CDOORS_FIND(result, name, parameters)                                                                          \
  name = (result(*) parameters)dlsym(library, #name);                                                                  \
  if (!name) return dlerror();

/// A child process at work. `output` is where its answer is read; it must be ended with cdoors_end.
typedef struct {
  pid_t process;
  int output;
} cdoors_child;

/// What a child may use.
typedef struct {
  /// Of processor time.
  size_t seconds;
  /// Bytes beside those that it has when it starts.
  size_t memory;
  /// The one open descriptor that it keeps beside its output; -1 for none.
  int descriptor;
} cdoors_limits;

/// What a child does, which ends with it; 1 if it came to its end.
typedef int (*cdoors_work)(const void *task, FILE *output);

/// Starts `work` in a child. Returns 0, or the error number of what could not be made.
int cdoors_start(cdoors_work work, const void *task, cdoors_limits limits, cdoors_child *child);

/// Reads what has come: the number of bytes, 0 at the end, or -1.
ssize_t cdoors_receive(const cdoors_child *child, void *bytes, size_t count);

/// Waits for the child's end, which `stop` brings about at once. Returns whether it had done its work.
int cdoors_end(cdoors_child *child, int stop);
