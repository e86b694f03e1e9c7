#include "chdf5.h"

#include "internal.h"

enum { HEED_LIST_SECONDS = 10, HEED_SPARE_MEMORY = 256 << 20 };

static int start(cdoors_work work, chdf5_task task, cdoors_child *child) {
  cdoors_limits limits = {HEED_LIST_SECONDS + task.count / 10000000, HEED_SPARE_MEMORY + 4 * task.count, -1};
  return cdoors_start(work, &task, limits, child);
}

int chdf5_list(const void *bytes, size_t count, cdoors_child *child) {
  return start(chdf5_run_list, (chdf5_task){bytes, count, NULL}, child);
}

int chdf5_read(const void *bytes, size_t count, const char *path, cdoors_child *child) {
  return start(chdf5_run_read, (chdf5_task){bytes, count, path}, child);
}
