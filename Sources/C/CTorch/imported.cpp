// Operations that imported networks have beside convolutions.
#include <vector>

#include "boxed.h"

using ctorch::guarded_tensor;

namespace {

std::vector<int64_t> list(const int64_t *numbers, int32_t count) { return {numbers, numbers + count}; }

at::Tensor resized(const at::Tensor &x, ctorch_resizing mode, const int64_t *extents, const double *scales) {
  const std::vector<int64_t> size{extents[0], extents[1]};
  c10::optional<double> down, across;
  if (scales) {
    down = scales[0];
    across = scales[1];
  }
  if (mode == CTORCH_NEAREST) return at::upsample_nearest2d(x, size, down, across);
  return at::upsample_bilinear2d(x, size, mode == CTORCH_LINEAR_CORNERS, down, across);
}

/// ATen multiplies along one axis at a time; `over` is ascending, so that the axes before it keep their places.
at::Tensor product(const at::Tensor &x, const std::vector<int64_t> &over, bool keeps_axes) {
  auto result = x;
  for (auto axis = over.rbegin(); axis != over.rend(); ++axis) result = result.prod(*axis, keeps_axes);
  return result;
}

}  // namespace

extern "C" {

ctorch_tensor *ctorch_linear(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias) {
  return guarded_tensor([&] {
    const auto &rows = x->value;
    if (rows.dim() == 2) return at::addmm(bias->value, rows, weight->value.t());
    return at::linear(rows, weight->value, bias->value);
  });
}

ctorch_tensor *ctorch_activate(const ctorch_tensor *input, ctorch_activation kind, double a, double b) {
  return guarded_tensor([&]() -> at::Tensor {
    const auto &x = input->value;
    switch (kind) {
      case CTORCH_SIGMOID: return at::sigmoid(x);
      case CTORCH_HARD_SIGMOID: return at::clamp(x * a + b, 0, 1);
      case CTORCH_HARD_SWISH: return at::hardswish(x);
      case CTORCH_SWISH: return a == 1 ? at::silu(x) : x * at::sigmoid(x * a);
      case CTORCH_LEAKY_RELU: return at::leaky_relu(x, a);
      case CTORCH_ELU: return at::elu(x, a);
      case CTORCH_GELU: return at::gelu(x);
      case CTORCH_GELU_TANH: return at::gelu(x, "tanh");
      case CTORCH_ERF: return at::erf(x);
      case CTORCH_TANH: return at::tanh(x);
      case CTORCH_SOFTPLUS: return at::softplus(x);
      case CTORCH_EXP: return at::exp(x);
      case CTORCH_LOG: return at::log(x);
      case CTORCH_SQRT: return at::sqrt(x);
      case CTORCH_RECIPROCAL: return at::reciprocal(x);
      case CTORCH_NEGATE: return at::neg(x);
      case CTORCH_ABSOLUTE: return at::abs(x);
      case CTORCH_FLOOR: return at::floor(x);
      case CTORCH_CEIL: return at::ceil(x);
      case CTORCH_ROUND: return at::round(x);
      case CTORCH_SIGN: return at::sign(x);
      case CTORCH_SINE: return at::sin(x);
      case CTORCH_COSINE: return at::cos(x);
      case CTORCH_THRESHOLDED_RELU: return at::threshold(x, a, 0);
    }
    TORCH_CHECK(false, "there is no activation ", kind);
  });
}

ctorch_tensor *ctorch_parametric_relu(const ctorch_tensor *x, const ctorch_tensor *slope) {
  return guarded_tensor([&] { return at::where(x->value > 0, x->value, x->value * slope->value); });
}

ctorch_tensor *ctorch_combine(const ctorch_tensor *x, const ctorch_tensor *y, ctorch_arithmetic kind) {
  return guarded_tensor([&]() -> at::Tensor {
    switch (kind) {
      case CTORCH_SUBTRACT: return x->value - y->value;
      case CTORCH_MULTIPLY: return x->value * y->value;
      case CTORCH_DIVIDE: return x->value / y->value;
      case CTORCH_POWER: return at::pow(x->value, y->value);
      case CTORCH_MINIMUM: return at::minimum(x->value, y->value);
      case CTORCH_MAXIMUM: return at::maximum(x->value, y->value);
    }
    TORCH_CHECK(false, "there is no arithmetic ", kind);
  });
}

ctorch_tensor *ctorch_matrix_product(const ctorch_tensor *x, const ctorch_tensor *y) {
  return guarded_tensor([&] { return at::matmul(x->value, y->value); });
}

ctorch_tensor *ctorch_reduce(const ctorch_tensor *x, ctorch_reduction kind, const int64_t *axes, int32_t count,
                             int32_t keeps_axes) {
  return guarded_tensor([&]() -> at::Tensor {
    const auto over = list(axes, count);
    switch (kind) {
      case CTORCH_MEAN: return x->value.mean(over, keeps_axes != 0);
      case CTORCH_SUM: return x->value.sum(over, keeps_axes != 0);
      case CTORCH_GREATEST: return at::amax(x->value, over, keeps_axes != 0);
      case CTORCH_LEAST: return at::amin(x->value, over, keeps_axes != 0);
      case CTORCH_PRODUCT: return product(x->value, over, keeps_axes != 0);
    }
    TORCH_CHECK(false, "there is no reduction ", kind);
  });
}

ctorch_tensor *ctorch_resize(const ctorch_tensor *x, ctorch_resizing mode, const int64_t *extents,
                             const double *scales, int32_t axes) {
  return guarded_tensor([&] {
    if (axes == 2) return resized(x->value, mode, extents, scales);
    // A line is a map of height 1.
    const int64_t size[] = {1, extents[0]};
    const double factors[] = {1, scales ? scales[0] : 1};
    return resized(x->value.unsqueeze(2), mode, size, scales ? factors : nullptr).squeeze(2);
  });
}

ctorch_tensor *ctorch_reshape(const ctorch_tensor *x, const int64_t *extents, int32_t rank) {
  return guarded_tensor([&] { return x->value.reshape(list(extents, rank)); });
}

ctorch_tensor *ctorch_expand(const ctorch_tensor *x, const int64_t *extents, int32_t rank) {
  return guarded_tensor([&] { return x->value.expand(list(extents, rank)); });
}

ctorch_tensor *ctorch_transpose(const ctorch_tensor *x, const int64_t *order, int32_t rank) {
  return guarded_tensor([&] { return x->value.permute(list(order, rank)); });
}

ctorch_tensor *ctorch_concatenate(const ctorch_tensor *const *parts, int32_t count, int64_t axis) {
  return guarded_tensor([&] {
    std::vector<at::Tensor> all;
    for (int32_t i = 0; i < count; i++) all.push_back(parts[i]->value);
    return at::cat(all, axis);
  });
}

ctorch_tensor *ctorch_slice(const ctorch_tensor *x, int64_t axis, int64_t start, int64_t end, int64_t step) {
  return guarded_tensor([&] { return x->value.slice(axis, start, end, step); });
}

ctorch_tensor *ctorch_select(const ctorch_tensor *x, int64_t axis, const int64_t *indices, int64_t count) {
  return guarded_tensor([&] {
    auto positions = at::empty({count}, at::kLong);
    std::copy(indices, indices + count, positions.data_ptr<int64_t>());
    return at::index_select(x->value, axis, positions);
  });
}

ctorch_tensor *ctorch_pad(const ctorch_tensor *x, const int64_t *before, const int64_t *after, int32_t rank,
                          ctorch_padding kind, double value) {
  return guarded_tensor([&]() -> at::Tensor {
    if (kind == CTORCH_PAD_CONSTANT) {
      std::vector<int64_t> pads;
      for (int32_t axis = rank - 1; axis >= 0; axis--) pads.insert(pads.end(), {before[axis], after[axis]});
      return at::constant_pad_nd(x->value, pads, value);
    }
    // Axis by axis: the positions that the padded axis shows.
    auto padded = x->value;
    for (int32_t axis = 0; axis < rank; axis++) {
      if (before[axis] == 0 && after[axis] == 0) continue;
      const int64_t extent = padded.size(axis);
      auto positions = at::empty({before[axis] + extent + after[axis]}, at::kLong);
      for (int64_t i = 0; i < positions.numel(); i++) {
        int64_t position = i - before[axis];
        if (kind == CTORCH_PAD_EDGE)
          position = std::min(std::max<int64_t>(position, 0), extent - 1);
        else
          position = position < 0 ? -position : position >= extent ? 2 * (extent - 1) - position : position;
        positions.data_ptr<int64_t>()[i] = position;
      }
      padded = at::index_select(padded, axis, positions);
    }
    return padded;
  });
}

ctorch_tensor *ctorch_softmax(const ctorch_tensor *x, int64_t axis, int32_t logarithm) {
  return guarded_tensor([&] { return logarithm ? at::log_softmax(x->value, axis) : at::softmax(x->value, axis); });
}

ctorch_tensor *ctorch_scale_and_shift(const ctorch_tensor *x, const ctorch_tensor *scale, const ctorch_tensor *shift) {
  return guarded_tensor([&] {
    std::vector<int64_t> shape(static_cast<size_t>(x->value.dim()), 1);
    shape[1] = -1;
    return at::addcmul(shift->value.view(shape), x->value, scale->value.view(shape));
  });
}

ctorch_tensor *ctorch_layer_norm(const ctorch_tensor *x, const ctorch_tensor *scale, const ctorch_tensor *shift,
                                 double epsilon) {
  return guarded_tensor([&] {
    c10::optional<at::Tensor> offset;
    if (shift) offset = shift->value;
    return at::layer_norm(x->value, scale->value.sizes(), scale->value, offset, epsilon);
  });
}

ctorch_tensor *ctorch_local_response_norm(const ctorch_tensor *x, int64_t size, double alpha, double beta,
                                          double bias) {
  return guarded_tensor([&] {
    // A mean of squares over neighbouring channels, as a pooling of one more axis; the missing ones are zero.
    auto squares = x->value.square().flatten(2).unsqueeze(1);
    squares = at::constant_pad_nd(squares, {0, 0, (size - 1) / 2, size / 2}, 0);
    auto means = at::avg_pool2d(squares, {size, 1}, at::IntArrayRef({1, 1})).squeeze(1).reshape(x->value.sizes());
    return x->value / at::pow(means * alpha + bias, beta);
  });
}

}  // extern "C"
