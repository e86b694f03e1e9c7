#pragma once
// A door to libhdf5 that untrusted files cannot break. The library runs in a child process, which has nothing but the
// file's bytes and a pipe to write to, bounded time and bounded memory; if it crashes, that is one more error.
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// A child process at work. `output` is where its answer is read; it must be ended with chdf5_end.
typedef struct {
  pid_t process;
  int output;
} chdf5_child;

/// Starts to list everything in the file of `count` bytes: records as chdf5.c describes them.
/// Returns 0, or the error number of what could not be made.
int chdf5_list(const void *bytes, size_t count, chdf5_child *child);

/// Starts to write the numbers of one dataset, row-major and little-endian.
int chdf5_read(const void *bytes, size_t count, const char *path, chdf5_child *child);

/// Reads what has come: the number of bytes, 0 at the end, or -1.
ssize_t chdf5_receive(const chdf5_child *child, void *bytes, size_t count);

/// Waits for the child's end, which `stop` brings about at once. Returns whether it had done its work.
int chdf5_end(chdf5_child *child, int stop);
