#ifndef HAQ_COPENBLAS_SHIM_H
#define HAQ_COPENBLAS_SHIM_H

#include <cblas.h>

/* Several packages install a <cblas.h>; only OpenBLAS declares the thread and
   configuration calls that Agents relies on, and the reference library is
   tens of times slower. */
#ifndef OPENBLAS_VERSION
#error "This <cblas.h> is not OpenBLAS. Install libopenblas-openmp-dev."
#endif

#endif
