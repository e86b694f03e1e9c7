#include "ckernels.h"

extern const hk_kernels kernelsportable;

const hk_kernels *hk_portable(void) { return &kernelsportable; }

#if defined(__x86_64__)
extern const hk_kernels kernelsavx2;

const hk_kernels *hk_best(void) {
  __builtin_cpu_init();
  int able = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  return able ? &kernelsavx2 : &kernelsportable;
}
#else
const hk_kernels *hk_best(void) { return &kernelsportable; }
#endif
