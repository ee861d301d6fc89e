#ifndef HAQ_COPENBLAS_SHIM_H
#define HAQ_COPENBLAS_SHIM_H

#include <cblas.h>

/* Several packages install a <cblas.h>; only OpenBLAS declares the thread and
   configuration calls that Agents relies on, and the reference library is
   tens of times slower. */
#ifndef OPENBLAS_VERSION
#error "This <cblas.h> is not OpenBLAS. Install libopenblas-openmp-dev."
#endif

/* LAPACK's dsyev, which OpenBLAS contains and <cblas.h> does not declare: eigenvalues, ascending, of a symmetric
   matrix in column order, which becomes its eigenvectors. 0 is success. */
extern void dsyev_(const char *job, const char *half, const int *count, double *matrix, const int *stride,
                   double *eigenvalues, double *workspace, const int *size, int *failure);

static inline int haq_symmetric_eigen(int count, double *matrix, double *eigenvalues, double *workspace,
                                      int size) {
  int failure = 0;
  dsyev_("V", "U", &count, matrix, &count, eigenvalues, workspace, &size, &failure);
  return failure;
}

#endif
