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
/* Overwrites all values with row-major ones, without a gradient. */
int32_t ctorch_assign(ctorch_tensor *, const float *values, int64_t count);
/* Row-major, whatever the memory layout. */
int32_t ctorch_copy(const ctorch_tensor *, float *out, int64_t count);

/* --- operations --- */
ctorch_tensor *ctorch_convolution(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias_or_null,
                                  int64_t stride, int64_t padding, int64_t groups);
ctorch_tensor *ctorch_linear(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias);
/* By the statistics of this batch; the running ones are updated in place. */
ctorch_tensor *ctorch_batch_norm(const ctorch_tensor *x, const ctorch_tensor *scale, const ctorch_tensor *shift,
                                 ctorch_tensor *running_mean, ctorch_tensor *running_variance, double momentum,
                                 double epsilon);
/* In place, x itself changes and must have no other reader: a pass over memory costs as much as a small convolution. */
ctorch_tensor *ctorch_clamp(const ctorch_tensor *x, double lowest, double highest, int32_t in_place);
ctorch_tensor *ctorch_add(const ctorch_tensor *x, const ctorch_tensor *y);
ctorch_tensor *ctorch_max_pool(const ctorch_tensor *x, int64_t kernel, int64_t stride, int64_t padding);
ctorch_tensor *ctorch_mean_pool(const ctorch_tensor *x);
ctorch_tensor *ctorch_flatten(const ctorch_tensor *x);
/* Mean over the batch, in nats. */
ctorch_tensor *ctorch_cross_entropy(const ctorch_tensor *logits, const ctorch_tensor *labels, double label_smoothing);
int64_t ctorch_correct(const ctorch_tensor *logits, const ctorch_tensor *labels);

/* --- quantization --- */
/* scale * clamp(round(x / scale), lowest, highest), ties to even; the gradient passes where x is inside. */
ctorch_tensor *ctorch_fake_quantize(const ctorch_tensor *x, float scale, float lowest, float highest);
/* The same with one scale for each index of the first dimension. */
ctorch_tensor *ctorch_fake_quantize_rows(const ctorch_tensor *x, const float *scales, int64_t rows, float lowest,
                                         float highest);
int32_t ctorch_range(const ctorch_tensor *x, float *lowest, float *highest);
/* Adds to counts[bins] how often |x| falls into each of equal bins over (0, top]; zeros are not counted. */
int32_t ctorch_add_magnitudes(const ctorch_tensor *x, float top, int64_t *counts, int32_t bins);

/* --- training --- */
/* Of this thread; on at start. Returns what it was. */
int32_t ctorch_record_gradients(int32_t on);
int32_t ctorch_require_gradient(ctorch_tensor *);
int32_t ctorch_backward(const ctorch_tensor *loss);
/* v = momentum * v + gradient + decay * x; x -= rate * (gradient + decay * x + momentum * v); clears the gradient. */
int32_t ctorch_nesterov_step(ctorch_tensor *x, ctorch_tensor *velocity, double rate, double momentum, double decay);

#ifdef __cplusplus
}
#endif
#endif
