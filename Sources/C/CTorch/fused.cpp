// Convolutions of which no gradient is wanted, with what follows them done while the results are in the cache.
//
// A pass over memory costs as much as a small convolution. The sums are taken as OpenBLAS takes them on whole
// tensors, so that the numbers are those of separate passes.
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "finish.h"
#include "wide.h"

// OpenBLAS behind libtorch.
extern "C" void sgemm_(const char *transposes_a, const char *transposes_b, const int *m, const int *n, const int *k,
                       const float *alpha, const float *a, const int *a_stride, const float *b, const int *b_stride,
                       const float *beta, float *c, const int *c_stride);

namespace {

using ctorch::Finish;

/// Floats of a block's inputs and results together, which a usual second-level cache holds.
constexpr int64_t block_floats = 48 << 10;
/// With fewer rows, OpenBLAS is busy with arranging the weights, which it does again for each block.
constexpr int64_t least_rows = 384;
constexpr int64_t grain = 16384;

CTORCH_WIDE void finish_run(float *values, int64_t count, const Finish &finish) {
  const float lowest = finish.lowest, highest = finish.highest;
  if (!finish.rounds) {
    for (int64_t i = 0; i < count; i++) values[i] = ctorch::clamped(values[i], lowest, highest);
    return;
  }
  const float scale = finish.scale, inverse = finish.inverse;
  const float bottom = finish.lowest_integer, top = finish.highest_integer;
  for (int64_t i = 0; i < count; i++)
    values[i] = ctorch::rounded(ctorch::clamped(values[i], lowest, highest), scale, inverse, bottom, top);
}

/// The bias once for each row.
void fill(float *rows, int64_t count, const float *bias, int64_t channels) {
  std::copy(bias, bias + channels, rows);
  for (int64_t filled = 1; filled < count; filled *= 2)
    std::copy(rows, rows + std::min(filled, count - filled) * channels, rows + filled * channels);
}

}  // namespace

at::Tensor ctorch::fused_pointwise(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                                   const Finish &finish) {
  TORCH_CHECK(x.dim() == 4 && weight.dim() == 4 && weight[0].numel() == x.size(1), "weights of shape ", weight.sizes(),
              " for a value of shape ", x.sizes());
  TORCH_CHECK(!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0)), "a bias of shape ",
              bias.defined() ? bias.sizes() : at::IntArrayRef(), " for ", weight.size(0), " channels");
  const auto matrix = weight.flatten(1).contiguous();
  const int inputs = static_cast<int>(x.size(1)), outputs = static_cast<int>(weight.size(0));
  auto out = at::empty({x.size(0), outputs, x.size(2), x.size(3)}, x.options(), at::MemoryFormat::ChannelsLast);
  const int64_t pixels = x.size(0) * x.size(2) * x.size(3);
  // A multiple of what OpenBLAS computes at once.
  const int64_t block = std::max(least_rows, block_floats / (inputs + outputs) / 48 * 48);
  const float *from = x.data_ptr<float>(), *weights = matrix.data_ptr<float>();
  const auto dense_bias = bias.defined() ? bias.contiguous() : bias;
  const float *offsets = bias.defined() ? dense_bias.data_ptr<float>() : nullptr;
  float *to = out.data_ptr<float>();
  const bool finishes = finish.clamps() || finish.rounds;
  at::parallel_for(0, (pixels + block - 1) / block, 1, [&](int64_t begin, int64_t end) {
    const float one = 1, beta = offsets ? 1 : 0;
    for (int64_t i = begin; i < end; i++) {
      const int rows = static_cast<int>(std::min(block, pixels - i * block));
      float *results = to + i * block * outputs;
      if (offsets) fill(results, rows, offsets, outputs);
      sgemm_("T", "N", &outputs, &rows, &inputs, &one, weights, &inputs, from + i * block * inputs, &inputs, &beta,
             results, &outputs);
      if (finishes) finish_run(results, static_cast<int64_t>(rows) * outputs, finish);
    }
  });
  return out;
}

at::Tensor ctorch::finished_in_place(at::Tensor value, const Finish &finish) {
  if (!finish.clamps() && !finish.rounds) return value;
  if (!value.is_non_overlapping_and_dense()) value = ctorch::channels_last(value);
  float *values = value.data_ptr<float>();
  at::parallel_for(0, value.numel(), grain, [&](int64_t begin, int64_t end) {
    finish_run(values + begin, end - begin, finish);
  });
  return value;
}
