// What is done to the results of a layer while they are in the cache: a clamp, then a rounding.
#pragma once
#include <limits>

#include "boxed.h"

namespace ctorch {

// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, ties to even, for every
// |v| < 2^22; codes are clamped far below that first. It vectorises on any processor.
constexpr float rounder = 12582912.0f;

/// A clamp to [lowest, highest], and where `rounds`, the nearest multiple of a scale with an integer of a range.
struct Finish {
  float lowest = -std::numeric_limits<float>::infinity();
  float highest = std::numeric_limits<float>::infinity();
  bool rounds = false;
  float scale = 1, inverse = 1, lowest_integer = 0, highest_integer = 0;

  explicit Finish(const ctorch_finish *finish) {
    if (!finish) return;
    lowest = finish->lowest;
    highest = finish->highest;
    if (finish->scale <= 0) return;
    rounds = true;
    scale = finish->scale;
    inverse = 1.0f / scale;
    lowest_integer = finish->lowest_integer;
    highest_integer = finish->highest_integer;
  }

  bool clamps() const {
    return lowest > -std::numeric_limits<float>::infinity() || highest < std::numeric_limits<float>::infinity();
  }
};

/// Comparisons that leave what is not a number as it is.
inline float clamped(float value, float lowest, float highest) {
  value = value < lowest ? lowest : value;
  return value > highest ? highest : value;
}

/// The rounding of `Finish`; the only place that says how.
inline float rounded(float value, float scale, float inverse, float lowest, float highest) {
  return ((clamped(value * inverse, lowest, highest) + rounder) - rounder) * scale;
}

/// Whether a gradient of any of them would be recorded.
template <typename... Tensors>
bool records_gradient(const Tensors &...tensors) {
  return at::GradMode::is_enabled() && (tensors.requires_grad() || ...);
}

/// scale * clamp(round(x / scale)), ties to even, with the gradient of the straight-through estimator.
at::Tensor fake_quantized(const at::Tensor &x, float scale, float lowest_integer, float highest_integer);

/// All pixels times a matrix, plus the bias, finished. `x` is dense with channels innermost.
at::Tensor fused_pointwise(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, const Finish &finish);

/// What follows a layer in the memory that the layer has just written; of no gradient.
at::Tensor finished_in_place(at::Tensor value, const Finish &finish);

}  // namespace ctorch
