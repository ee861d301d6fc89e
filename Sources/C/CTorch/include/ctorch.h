/* ctorch.h - the part of libtorch that haq-evaluator needs, behind a C ABI.
 *
 * Tensors are opaque and owned by the caller, who releases each one exactly once.
 * A function that returns a tensor returns NULL on failure, one that returns int32_t
 * returns 0; ctorch_error() then says why, for the calling thread. No C++ exception
 * leaves this library. Images are (batch, channels, height, width), kept channels-last.
 */
#ifndef CTORCH_H
#define CTORCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctorch_tensor ctorch_tensor;

/* The last failure of this thread, as one sentence. */
const char *ctorch_error(void);

/* Call once, before any other function: allocator settings and thread count. */
int32_t ctorch_configure(int32_t threads);

/* --- tensors --- */
ctorch_tensor *ctorch_from_floats(const float *values, const int64_t *shape, int32_t rank);
ctorch_tensor *ctorch_from_labels(const int64_t *labels, int64_t count);
ctorch_tensor *ctorch_clone(const ctorch_tensor *);
ctorch_tensor *ctorch_zeros_like(const ctorch_tensor *);
void ctorch_release(ctorch_tensor *);
int64_t ctorch_count(const ctorch_tensor *);
int32_t ctorch_rank(const ctorch_tensor *);
int64_t ctorch_extent(const ctorch_tensor *, int32_t axis);
/* Overwrites all values with row-major ones, without a gradient. */
int32_t ctorch_assign(ctorch_tensor *, const float *values, int64_t count);
/* Row-major, whatever the memory layout. */
int32_t ctorch_copy(const ctorch_tensor *, float *out, int64_t count);

/* --- operations --- */
/* A window over `axes` spatial axes, 1 or 2; every list has one number for each. */
typedef struct {
  int32_t axes;
  const int64_t *kernel, *stride, *dilation, *padding_before, *padding_after;
} ctorch_window;

/* What follows a layer: a clamp, with infinities for none, then scale * clamp(round(value / scale)), ties to even, with
   a scale of 0 for none. */
typedef struct {
  float lowest, highest;
  float scale, lowest_integer, highest_integer;
} ctorch_finish;

/* Weights are outputs x inputs / groups x kernel. */
ctorch_tensor *ctorch_convolution(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias_or_null,
                                  const ctorch_window *, int64_t groups, const ctorch_finish *finish_or_null);
/* Weights are inputs x outputs / groups x kernel. */
ctorch_tensor *ctorch_transposed_convolution(const ctorch_tensor *x, const ctorch_tensor *weight,
                                             const ctorch_tensor *bias_or_null, const ctorch_window *,
                                             const int64_t *output_padding, int64_t groups);
/* Rows of any number of axes. */
ctorch_tensor *ctorch_linear(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias);
/* By the statistics of this batch; the running ones are updated in place. */
ctorch_tensor *ctorch_batch_norm(const ctorch_tensor *x, const ctorch_tensor *scale, const ctorch_tensor *shift,
                                 ctorch_tensor *running_mean, ctorch_tensor *running_variance, double momentum,
                                 double epsilon);
/* In place, x itself changes and must have no other reader: a pass over memory costs as much as a small convolution. */
ctorch_tensor *ctorch_clamp(const ctorch_tensor *x, double lowest, double highest, int32_t in_place);
ctorch_tensor *ctorch_add(const ctorch_tensor *x, const ctorch_tensor *y);
/* To `outputs` positions along each spatial axis. */
ctorch_tensor *ctorch_max_pool(const ctorch_tensor *x, const ctorch_window *, const int64_t *outputs);
ctorch_tensor *ctorch_average_pool(const ctorch_tensor *x, const ctorch_window *, const int64_t *outputs,
                                   int32_t counts_padding);
ctorch_tensor *ctorch_mean_pool(const ctorch_tensor *x);
ctorch_tensor *ctorch_flatten(const ctorch_tensor *x);

/* --- operations of imported networks --- */
typedef enum {
  CTORCH_SIGMOID, CTORCH_HARD_SIGMOID, CTORCH_HARD_SWISH, CTORCH_SWISH, CTORCH_LEAKY_RELU, CTORCH_ELU, CTORCH_GELU,
  CTORCH_GELU_TANH, CTORCH_ERF, CTORCH_TANH, CTORCH_SOFTPLUS, CTORCH_EXP, CTORCH_LOG, CTORCH_SQRT, CTORCH_RECIPROCAL,
  CTORCH_NEGATE, CTORCH_ABSOLUTE, CTORCH_FLOOR, CTORCH_CEIL, CTORCH_ROUND, CTORCH_SIGN, CTORCH_SINE, CTORCH_COSINE,
  CTORCH_THRESHOLDED_RELU
} ctorch_activation;

typedef enum {
  CTORCH_SUBTRACT, CTORCH_MULTIPLY, CTORCH_DIVIDE, CTORCH_POWER, CTORCH_MINIMUM, CTORCH_MAXIMUM
} ctorch_arithmetic;

typedef enum { CTORCH_MEAN, CTORCH_SUM, CTORCH_GREATEST, CTORCH_LEAST, CTORCH_PRODUCT } ctorch_reduction;
typedef enum { CTORCH_PAD_CONSTANT, CTORCH_PAD_REFLECT, CTORCH_PAD_EDGE } ctorch_padding;
typedef enum { CTORCH_NEAREST, CTORCH_LINEAR, CTORCH_LINEAR_CORNERS } ctorch_resizing;

/* HARD_SIGMOID has slope a and offset b; SWISH, LEAKY_RELU and ELU have the factor a, THRESHOLDED_RELU the limit a.
   ROUND takes ties to even. */
ctorch_tensor *ctorch_activate(const ctorch_tensor *x, ctorch_activation, double a, double b);
/* x where positive, else x * slope. */
ctorch_tensor *ctorch_parametric_relu(const ctorch_tensor *x, const ctorch_tensor *slope);
ctorch_tensor *ctorch_combine(const ctorch_tensor *x, const ctorch_tensor *y, ctorch_arithmetic);
ctorch_tensor *ctorch_matrix_product(const ctorch_tensor *x, const ctorch_tensor *y);
ctorch_tensor *ctorch_reduce(const ctorch_tensor *x, ctorch_reduction, const int64_t *axes, int32_t count,
                             int32_t keeps_axes);
/* `scales_or_null` are output elements for each input element, where they are not the ratio of the extents. */
ctorch_tensor *ctorch_resize(const ctorch_tensor *x, ctorch_resizing, const int64_t *extents,
                             const double *scales_or_null, int32_t axes);
ctorch_tensor *ctorch_reshape(const ctorch_tensor *x, const int64_t *extents, int32_t rank);
ctorch_tensor *ctorch_expand(const ctorch_tensor *x, const int64_t *extents, int32_t rank);
ctorch_tensor *ctorch_transpose(const ctorch_tensor *x, const int64_t *order, int32_t rank);
ctorch_tensor *ctorch_concatenate(const ctorch_tensor *const *parts, int32_t count, int64_t axis);
ctorch_tensor *ctorch_slice(const ctorch_tensor *x, int64_t axis, int64_t start, int64_t end, int64_t step);
ctorch_tensor *ctorch_select(const ctorch_tensor *x, int64_t axis, const int64_t *indices, int64_t count);
/* One number for each axis. */
ctorch_tensor *ctorch_pad(const ctorch_tensor *x, const int64_t *before, const int64_t *after, int32_t rank,
                          ctorch_padding, double value);
ctorch_tensor *ctorch_softmax(const ctorch_tensor *x, int64_t axis, int32_t logarithm);
/* x * scale + shift, one of each for each channel. */
ctorch_tensor *ctorch_scale_and_shift(const ctorch_tensor *x, const ctorch_tensor *scale, const ctorch_tensor *shift);
/* Over all axes that scale has, which are the last of x. */
ctorch_tensor *ctorch_layer_norm(const ctorch_tensor *x, const ctorch_tensor *scale, const ctorch_tensor *shift_or_null,
                                 double epsilon);
ctorch_tensor *ctorch_local_response_norm(const ctorch_tensor *x, int64_t size, double alpha, double beta, double bias);

/* --- scores --- */
/* Mean over the batch, in nats. Labels are the class of each row, or as floats the probabilities of all its classes. */
ctorch_tensor *ctorch_cross_entropy(const ctorch_tensor *logits, const ctorch_tensor *labels, double label_smoothing);
/* 1 for each of `count` rows whose largest score is at the label, else 0. */
int32_t ctorch_correct(const ctorch_tensor *logits, const ctorch_tensor *labels, uint8_t *correct, int64_t count);

/* --- quantization --- */
/* scale * clamp(round(x / scale), lowest, highest), ties to even; the gradient passes where x is inside. */
ctorch_tensor *ctorch_fake_quantize(const ctorch_tensor *x, float scale, float lowest, float highest);
/* The same with one scale for each index of the first dimension. */
ctorch_tensor *ctorch_fake_quantize_rows(const ctorch_tensor *x, const float *scales, int64_t rows, float lowest,
                                         float highest);
/* The same with scale = clip / highest, where clip has one element and a gradient (PACT): it takes the gradient where
   x >= clip, and with lowest below 0 minus the gradient where x <= -clip; x takes it in between. */
ctorch_tensor *ctorch_fake_quantize_learned(const ctorch_tensor *x, const ctorch_tensor *clip, float lowest,
                                            float highest);
/* The same with a learned step, one for all or for each index of the first dimension (LSQ). Where x / step is inside, x takes
   the gradient, and the step takes it times round(x / step) - x / step; outside, the step takes it times lowest or highest.
   The step's sum is multiplied by `factor`. */
ctorch_tensor *ctorch_fake_quantize_step(const ctorch_tensor *x, const ctorch_tensor *step, float lowest, float highest,
                                         double factor);
/* Floats of at most 16 bits, for rounding to them. */
typedef struct {
  int32_t fraction_bits;
  /* The exponent of the smallest normal number. */
  int32_t smallest_exponent;
  float largest;
  /* Else NaN becomes a zero of the opposite sign. */
  int32_t has_nan;
} ctorch_floats;
/* Blocks of a row that share a scale. */
typedef enum { CTORCH_MICROSCALING, CTORCH_NVFP4, CTORCH_INTEGER_GROUPS } ctorch_block_kind;
typedef struct {
  ctorch_block_kind kind;
  int64_t length;
  /* Of the elements; of integers, `largest` is the greatest and the rest means nothing. */
  ctorch_floats element;
  /* The exponent of the element's largest number: microscaling alone. */
  int32_t largest_exponent;
  /* Of the tensor; 0 takes that of the values: NVFP4 alone. */
  float largest_magnitude;
} ctorch_blocks;
/* To 16 bits as a cast does, bfloat16 or else float16; the gradient passes. */
ctorch_tensor *ctorch_round_cast(const ctorch_tensor *x, int32_t is_bfloat);
/* scale * nearest(x / scale), saturating, with one scale for all or for each index of the first dimension; the gradient
   passes where x is inside. */
ctorch_tensor *ctorch_round_scaled(const ctorch_tensor *x, const float *scales, int64_t rows, ctorch_floats);
/* Blocks of neighbours along `axis`; -1 takes everything behind the first dimension as one row, in row-major order. The
   gradient passes. */
ctorch_tensor *ctorch_round_blocks(const ctorch_tensor *x, int64_t axis, ctorch_blocks);
int32_t ctorch_range(const ctorch_tensor *x, float *lowest, float *highest);
/* Adds to counts[bins] how often |x| falls into each of equal bins over (0, top]; zeros are not counted. */
int32_t ctorch_add_magnitudes(const ctorch_tensor *x, float top, int64_t *counts, int32_t bins);

/* --- training --- */
/* Of this thread; on at start. Returns what it was. */
int32_t ctorch_record_gradients(int32_t on);
int32_t ctorch_require_gradient(ctorch_tensor *);
int32_t ctorch_backward(const ctorch_tensor *loss);
/* What backward has added up for a tensor that requires a gradient; zeros where it reached nothing. */
ctorch_tensor *ctorch_gradient(const ctorch_tensor *);
/* v = momentum * v + gradient + decay * x; x -= rate * (gradient + decay * x + momentum * v); clears the gradient. */
int32_t ctorch_nesterov_step(ctorch_tensor *x, ctorch_tensor *velocity, double rate, double momentum, double decay);

#ifdef __cplusplus
}
#endif
#endif
