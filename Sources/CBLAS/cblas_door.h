// The door to BLAS: OpenBLAS on Linux, Accelerate on macOS.
#pragma once
#if defined(__APPLE__)
#include <Accelerate/Accelerate.h>
#else
#include <cblas.h>
#endif
