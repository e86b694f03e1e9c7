#include "ckernels.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void hk_keep_freed_pages(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 0x7FFFFFFF);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}
