#include "chdf5.h"

#include "internal.h"

// Whatever is wrong with a small file is known within seconds; a large one may take as long as reading it would on a
// slow machine.
enum { HEED_BASE_SECONDS = 2, HEED_BYTES_PER_SECOND = 20000000, HEED_SPARE_MEMORY = 256 << 20 };

static int start(cdoors_work work, chdf5_task task, cdoors_child *child) {
  cdoors_limits limits = {HEED_BASE_SECONDS + task.count / HEED_BYTES_PER_SECOND, HEED_SPARE_MEMORY + 4 * task.count, -1};
  return cdoors_start(work, &task, limits, child);
}

int chdf5_list(const void *bytes, size_t count, cdoors_child *child) {
  return start(chdf5_run_list, (chdf5_task){bytes, count, NULL}, child);
}

int chdf5_read(const void *bytes, size_t count, const char *path, cdoors_child *child) {
  return start(chdf5_run_read, (chdf5_task){bytes, count, path}, child);
}
