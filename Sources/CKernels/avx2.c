// The loops for x86-64 machines with AVX2, FMA and F16C.
#include "ckernels.h"
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define NAME(x) x##avx2
#define KERNELS "avx2"
#include "loops.inc"
#pragma clang attribute pop
#endif
