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

/* LAPACK's dpotrf and dpotri. A matrix in row order is its transpose to LAPACK, so that the upper half there is the lower
   half here. 0 is success; the other half of the matrix is left alone. */
extern void dpotrf_(const char *half, const int *count, double *matrix, const int *stride, int *failure);
extern void dpotri_(const char *half, const int *count, double *matrix, const int *stride, int *failure);

static inline int haq_cholesky(int count, double *matrix) {
  int failure = 0;
  dpotrf_("U", &count, matrix, &count, &failure);
  return failure;
}

static inline int haq_inverse_of_cholesky(int count, double *factor) {
  int failure = 0;
  dpotri_("U", &count, factor, &count, &failure);
  return failure;
}

#endif
