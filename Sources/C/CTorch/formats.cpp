// Rounding to floats of few bits and to blocks that share a scale: the module NumberFormats for whole tensors. The order
// of operations in single precision is its order, so that both give the same bits.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "boxed.h"
#include "wide.h"

#pragma STDC FP_CONTRACT OFF

namespace {

constexpr int64_t grain = 16384;
constexpr float most = std::numeric_limits<float>::max();

__attribute__((always_inline)) inline uint32_t bits_of(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

__attribute__((always_inline)) inline float float_of(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// The nearest number of a format, ties to even; saturates, and keeps the sign of zero.
///
/// Adding and subtracting 1.5 * 2^23 steps rounds to a multiple of the step. A step is that of the number's power of
/// two, or of the smallest normal number's.
__attribute__((always_inline)) inline float nearest(float value, const ctorch_floats &format) {
  float clamped = value < -format.largest ? -format.largest : value;
  clamped = clamped > format.largest ? format.largest : clamped;
  const uint32_t lowest_field = static_cast<uint32_t>(format.smallest_exponent + 127);
  uint32_t field = bits_of(clamped) >> 23 & 0xff;
  field = field < lowest_field ? lowest_field : field;
  const float rounder = float_of((field - static_cast<uint32_t>(format.fraction_bits) + 23) << 23 | 0x400000);
  const float moved = clamped + rounder;
  const float rounded = moved - rounder;
  const float result = float_of((bits_of(rounded) & 0x7fffffff) | (bits_of(value) & 0x80000000));
  const float instead = format.has_nan ? value : float_of(~bits_of(value) & 0x80000000);
  return value != value ? instead : result;
}

CTORCH_WIDE void round_run(const float *x, float *out, int64_t count, float scale, ctorch_floats format) {
  for (int64_t i = 0; i < count; i++) {
    const float unscaled = x[i] / scale;
    out[i] = nearest(unscaled, format) * scale;
  }
}

CTORCH_WIDE void pass_inside(const float *x, const float *gradient, float *out, int64_t count, float top) {
  for (int64_t i = 0; i < count; i++) out[i] = std::fabs(x[i]) <= top ? gradient[i] : 0.0f;
}

/// The greatest magnitude; NaN where a value is no finite number.
CTORCH_WIDE float largest_magnitude(const float *x, int64_t count) {
  float largest = 0;
  int32_t others = 0;
  for (int64_t i = 0; i < count; i++) {
    const float magnitude = std::fabs(x[i]);
    others |= !(magnitude <= most);
    largest = magnitude > largest ? magnitude : largest;
  }
  return others ? std::numeric_limits<float>::quiet_NaN() : largest;
}

/// The greatest finite magnitude.
CTORCH_WIDE float largest_finite(const float *x, int64_t count) {
  float largest = 0;
  for (int64_t i = 0; i < count; i++) {
    const float magnitude = std::fabs(x[i]);
    const float finite = magnitude <= most ? magnitude : 0;
    largest = finite > largest ? finite : largest;
  }
  return largest;
}

/// scale * nearest(x * factor)
CTORCH_WIDE void round_block(const float *x, float *out, int64_t count, float factor, float scale,
                             ctorch_floats format) {
  for (int64_t i = 0; i < count; i++) {
    const float unscaled = x[i] * factor;
    out[i] = nearest(unscaled, format) * scale;
  }
}

CTORCH_WIDE void round_integers(const float *x, float *out, int64_t count, float scale, float largest) {
  const float rounder = 12582912.0f;
  for (int64_t i = 0; i < count; i++) {
    float code = x[i] / scale;
    code = code < -largest ? -largest : code;
    code = code > largest ? largest : code;
    const float moved = code + rounder;
    out[i] = (moved - rounder) * scale;
  }
}

constexpr ctorch_floats half = {10, -14, 65504, 1};
constexpr ctorch_floats fp8_e4m3 = {3, -6, 448, 1};

/// Rounds the blocks of a row.
class BlockRule {
 public:
  BlockRule(const ctorch_blocks &blocks, float tensor_largest) : blocks_(blocks) {
    const float scale = fp8_e4m3.largest * blocks.element.largest / tensor_largest;
    encoding_ = std::isfinite(scale) && scale > 0 ? scale : scale > 0 ? most : 1;
  }

  void apply(const float *x, float *out, int64_t length) const {
    for (int64_t start = 0; start < length; start += blocks_.length)
      block(x + start, out + start, std::min(blocks_.length, length - start));
  }

 private:
  ctorch_blocks blocks_;
  float encoding_;

  void block(const float *x, float *out, int64_t count) const {
    const float largest = largest_magnitude(x, count);
    if (std::isnan(largest)) return (void)std::fill(out, out + count, largest);
    switch (blocks_.kind) {
      case CTORCH_MICROSCALING: {
        const int wanted = largest > 0 ? std::ilogb(largest) - blocks_.largest_exponent : -127;
        const int exponent = std::clamp(wanted, -127, 127);
        return round_block(x, out, count, std::ldexp(1.0f, -exponent), std::ldexp(1.0f, exponent), blocks_.element);
      }
      case CTORCH_NVFP4: {
        const float tensor_scale = 1 / encoding_;
        const float share = largest / blocks_.element.largest;
        const float scale = nearest(std::min(share * encoding_, most), fp8_e4m3);
        const float whole = scale * tensor_scale;
        return round_block(x, out, count, std::min(1 / whole, most), whole, blocks_.element);
      }
      case CTORCH_INTEGER_GROUPS: {
        if (largest == 0) return (void)std::fill(out, out + count, 0.0f);
        const float scale = std::max(nearest(largest / blocks_.element.largest, half), 0x1p-24f);
        return round_integers(x, out, count, scale, blocks_.element.largest);
      }
    }
  }
};

at::Tensor blocks_of_rows(const at::Tensor &rows, const ctorch_blocks &blocks) {
  auto out = at::empty_like(rows);
  const int64_t length = rows.size(1);
  const float *x = rows.data_ptr<float>();
  float *rounded = out.data_ptr<float>();
  const bool fits = blocks.kind == CTORCH_NVFP4 && blocks.largest_magnitude == 0;
  const BlockRule rule(blocks, fits ? largest_finite(x, rows.numel()) : blocks.largest_magnitude);
  at::parallel_for(0, rows.size(0), std::max<int64_t>(1, grain / std::max<int64_t>(1, length)),
                   [&](int64_t begin, int64_t end) {
                     for (int64_t row = begin; row < end; row++)
                       rule.apply(x + row * length, rounded + row * length, length);
                   });
  return out;
}

at::Tensor in_blocks(const at::Tensor &x, int64_t axis, const ctorch_blocks &blocks) {
  if (x.numel() == 0) return x.clone();
  if (axis < 0) {
    auto rows = x.contiguous().view({x.size(0), -1});
    return ctorch::channels_last(blocks_of_rows(rows, blocks).view(x.sizes()));
  }
  auto last = x.movedim(axis, -1).contiguous();
  auto rounded = blocks_of_rows(last.view({-1, last.size(-1)}), blocks).view(last.sizes());
  return ctorch::channels_last(rounded.movedim(-1, axis));
}

at::Tensor dense(const at::Tensor &x) { return x.is_non_overlapping_and_dense() ? x : ctorch::channels_last(x); }

/// The straight-through estimator where nothing is cut off.
struct PassThrough : torch::autograd::Function<PassThrough> {
  static at::Tensor forward(torch::autograd::AutogradContext *, const at::Tensor &input,
                            const std::function<at::Tensor(const at::Tensor &)> &round) {
    return round(input);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *,
                                                 torch::autograd::variable_list gradients) {
    return {gradients[0], at::Tensor()};
  }
};

/// One scale for each of equal runs of memory.
template <typename Body>
void each_run(const at::Tensor &x, const std::vector<double> &scales, Body body) {
  const int64_t length = x.numel() / static_cast<int64_t>(scales.size());
  at::parallel_for(0, x.numel(), grain, [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t row = begin / length;
      const int64_t stop = std::min(end, (row + 1) * length);
      body(begin, stop - begin, static_cast<float>(scales[static_cast<size_t>(row)]));
      begin = stop;
    }
  });
}

struct RoundScaled : torch::autograd::Function<RoundScaled> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &input,
                            const std::vector<double> &scales, const ctorch_floats &format) {
    auto x = dense(input);
    auto out = at::empty_like(x);
    context->save_for_backward({x});
    context->saved_data["scales"] = scales;
    context->saved_data["largest"] = static_cast<double>(format.largest);
    each_run(x, scales, [&](int64_t from, int64_t count, float scale) {
      round_run(x.data_ptr<float>() + from, out.data_ptr<float>() + from, count, scale, format);
    });
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    auto x = context->get_saved_variables()[0];
    // The two must agree element by element in memory, not only in shape.
    auto gradient = gradients[0].strides() == x.strides() ? gradients[0] : at::empty_like(x).copy_(gradients[0]);
    auto out = at::empty_like(x);
    const auto largest = static_cast<float>(context->saved_data["largest"].toDouble());
    each_run(x, context->saved_data["scales"].toDoubleVector(), [&](int64_t from, int64_t count, float scale) {
      pass_inside(x.data_ptr<float>() + from, gradient.data_ptr<float>() + from, out.data_ptr<float>() + from, count,
                  largest * scale);
    });
    return {out, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

extern "C" {

ctorch_tensor *ctorch_round_cast(const ctorch_tensor *x, int32_t is_bfloat) {
  return ctorch::guarded_tensor([&] {
    const std::function<at::Tensor(const at::Tensor &)> round = [&](const at::Tensor &values) {
      return values.to(is_bfloat ? at::kBFloat16 : at::kHalf).to(at::kFloat);
    };
    return PassThrough::apply(x->value, round);
  });
}

ctorch_tensor *ctorch_round_scaled(const ctorch_tensor *x, const float *scales, int64_t rows, ctorch_floats format) {
  return ctorch::guarded_tensor([&] {
    TORCH_CHECK(rows == 1 || rows == x->value.size(0), rows, " scales for a tensor of ", x->value.size(0), " rows");
    return RoundScaled::apply(x->value, std::vector<double>(scales, scales + rows), format);
  });
}

ctorch_tensor *ctorch_round_blocks(const ctorch_tensor *x, int64_t axis, ctorch_blocks blocks) {
  return ctorch::guarded_tensor([&] {
    TORCH_CHECK(blocks.length > 0, "blocks of ", blocks.length);
    const std::function<at::Tensor(const at::Tensor &)> round = [&](const at::Tensor &values) {
      return in_blocks(values, axis, blocks);
    };
    return PassThrough::apply(x->value, round);
  });
}

}  // extern "C"
