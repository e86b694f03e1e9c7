// The loops for whatever machine the compiler builds for by default.
#include "ckernels.h"
#define NAME(x) x##portable
#define KERNELS "portable"
#include "loops.inc"
