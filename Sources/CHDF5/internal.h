#pragma once
// Shared by the two halves of the door: the child process (process.c) and what it does with the library (walk.c).
#include "chdf5.h"

#include <stdio.h>

// What a child does; 1 if it came to its end.
typedef int (*chdf5_work)(const void *bytes, size_t count, const char *path, FILE *output);

int chdf5_run_list(const void *bytes, size_t count, const char *path, FILE *output);
int chdf5_run_read(const void *bytes, size_t count, const char *path, FILE *output);
