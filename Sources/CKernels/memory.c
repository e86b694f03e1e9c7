#include "ckernels.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void hk_keep_freed_pages(int most) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, most < 1 << 30 ? most : 1 << 30);
  mallopt(M_TRIM_THRESHOLD, most);
  mallopt(M_TOP_PAD, most < 64 << 20 ? most : 64 << 20);
#endif
}
