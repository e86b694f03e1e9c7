#pragma once
// A door to libhdf5 that untrusted files cannot break: the library runs in a child process, which has nothing but the
// file's bytes and its output; see cdoors.h.
#include <stddef.h>
#include <stdint.h>

#include "cdoors.h"

/// Starts to list everything in the file of `count` bytes: records as walk.c describes them.
/// Returns 0, or the error number of what could not be made.
int chdf5_list(const void *bytes, size_t count, cdoors_child *child);

/// Starts to write the numbers of one dataset, row-major and little-endian.
int chdf5_read(const void *bytes, size_t count, const char *path, cdoors_child *child);
