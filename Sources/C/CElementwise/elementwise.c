#include "elementwise.h"

/* Loops that the compiler makes vectors of, in as many forms as processors have widths of them. Swift's
 * compiler leaves loops with a choice in them scalar, which was half of the agent's time. */
/* ThreadSanitizer is not ready when the linker asks which form to take, so it gets the plain one. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAS_THREAD_SANITIZER
#endif
#endif
#if defined(__x86_64__) && !defined(HAS_THREAD_SANITIZER)
#define FOR_EVERY_PROCESSOR \
  __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define FOR_EVERY_PROCESSOR
#endif

/* Fused operations exist on some of them only, and would round differently there. */
#pragma clang fp contract(off)

#define DEFINE(real)                                                                                    \
  FOR_EVERY_PROCESSOR void elementwise_rectify_##real(real *values, size_t count) {                     \
    for (size_t i = 0; i < count; i++) values[i] = values[i] > 0 ? values[i] : 0;                       \
  }                                                                                                     \
                                                                                                        \
  FOR_EVERY_PROCESSOR void elementwise_mask_##real(real *restrict deltas, const real *restrict active,  \
                                                   size_t count) {                                      \
    for (size_t i = 0; i < count; i++) deltas[i] = active[i] > 0 ? deltas[i] : 0;                       \
  }                                                                                                     \
                                                                                                        \
  FOR_EVERY_PROCESSOR void elementwise_scale_##real(real *restrict results, const real *restrict values, \
                                                    real factor, size_t count) {                        \
    for (size_t i = 0; i < count; i++) results[i] = factor * values[i];                                 \
  }                                                                                                     \
                                                                                                        \
  FOR_EVERY_PROCESSOR void elementwise_adam_##real(                                                     \
      real *restrict values, real *restrict means, real *restrict squares, real *restrict targets,      \
      const real *restrict gradient, size_t count, elementwise_adam rates) {                            \
    const real scale = (real)rates.scale, epsilon = (real)rates.epsilon, pace = (real)rates.pace;       \
    const real smallest = (real)1e-30;                                                                  \
    for (size_t i = 0; i < count; i++) {                                                                \
      real slope = gradient[i];                                                                         \
      real mean = (real)0.9 * means[i] + (real)0.1 * slope;                                             \
      real square = (real)0.999 * squares[i] + (real)0.001 * slope * slope;                             \
      means[i] = __builtin_elementwise_abs(mean) < smallest ? 0 : mean;                                 \
      squares[i] = square < smallest ? 0 : square;                                                      \
      /* Unlike sqrt of <math.h>, this sets no errno, which no vector could. */                         \
      real value = values[i] - scale * mean / (__builtin_elementwise_sqrt(square) + epsilon);           \
      values[i] = value;                                                                                \
      targets[i] += pace * (value - targets[i]);                                                        \
    }                                                                                                   \
  }

DEFINE(float)
DEFINE(double)
