/* The agent's arithmetic between matrix products, element by element: for float and for double. */
#ifndef ELEMENTWISE_H
#define ELEMENTWISE_H

#include <stddef.h>

/* values[i] becomes 0 unless it is above 0. */
void elementwise_rectify_float(float *values, size_t count);
void elementwise_rectify_double(double *values, size_t count);

/* deltas[i] becomes 0 unless activations[i] is above 0. */
void elementwise_mask_float(float *deltas, const float *activations, size_t count);
void elementwise_mask_double(double *deltas, const double *activations, size_t count);

/* results[i] becomes factor * values[i]. */
void elementwise_scale_float(float *results, const float *values, float factor, size_t count);
void elementwise_scale_double(double *results, const double *values, double factor, size_t count);

/* One step of Adam: a weight moves by scale * mean / (sqrt(square) + epsilon), and its target by pace
 * of the way to it. Moments below 1e-30 become 0: they move nothing, but decay to slow subnormal numbers. */
typedef struct elementwise_adam {
  double scale;
  double epsilon;
  double pace;
} elementwise_adam;

void elementwise_adam_float(float *values, float *means, float *squares, float *targets, const float *gradient,
                            size_t count, elementwise_adam rates);
void elementwise_adam_double(double *values, double *means, double *squares, double *targets,
                             const double *gradient, size_t count, elementwise_adam rates);

#endif
