#pragma once
// Shared by the two halves of the door: starting the child process (chdf5.c) and what it does with the library (walk.c).
#include "chdf5.h"

#include <stdio.h>

// What a child works on, a `const void *` to cdoors_start; path is the dataset to read.
typedef struct {
  const void *bytes;
  size_t count;
  const char *path;
} chdf5_task;

int chdf5_run_list(const void *task, FILE *output);
int chdf5_run_read(const void *task, FILE *output);
