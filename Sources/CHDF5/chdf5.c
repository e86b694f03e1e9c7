#include "chdf5.h"

#include "internal.h"

#include "library.h"

// What is wrong with a small file is known within seconds. A listing takes as long as there are objects, which fill a
// hundred bytes each at least, and a dataset as long as there are numbers; both with room for a slow machine.
enum {
  HEED_BASE_SECONDS = 2,
  HEED_LISTED_PER_SECOND = 4000000,
  HEED_LONGEST_LISTING = 20,
  HEED_READ_PER_SECOND = 20000000,
  HEED_SPARE_MEMORY = 256 << 20,
};

static int start(cdoors_work work, chdf5_task task, size_t seconds, cdoors_child *child) {
  // Here, since a file may need a child for each of its datasets, and opening takes longer than most of these.
  chdf5_load();
  cdoors_limits limits = {HEED_BASE_SECONDS + seconds, HEED_SPARE_MEMORY + 4 * task.count, -1};
  return cdoors_start(work, &task, limits, child);
}

int chdf5_list(const void *bytes, size_t count, cdoors_child *child) {
  size_t seconds = count / HEED_LISTED_PER_SECOND;
  if (seconds > HEED_LONGEST_LISTING) seconds = HEED_LONGEST_LISTING;
  return start(chdf5_run_list, (chdf5_task){bytes, count, NULL}, seconds, child);
}

int chdf5_read(const void *bytes, size_t count, const char *path, cdoors_child *child) {
  return start(chdf5_run_read, (chdf5_task){bytes, count, path}, count / HEED_READ_PER_SECOND, child);
}
