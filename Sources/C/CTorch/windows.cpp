// Convolutions and pooling over one or two spatial axes.
#include <limits>
#include <vector>

#include "finish.h"

using ctorch::guarded_tensor;

namespace {

/// A window as two-dimensional, whatever its axes: a line is a map of height 1.
struct Window {
  std::vector<int64_t> kernel, stride, dilation, before, after;

  explicit Window(const ctorch_window *window) {
    const bool line = window->axes == 1;
    auto list = [&](const int64_t *numbers, int64_t missing) {
      std::vector<int64_t> all(numbers, numbers + window->axes);
      if (line) all.insert(all.begin(), missing);
      return all;
    };
    kernel = list(window->kernel, 1);
    stride = list(window->stride, 1);
    dilation = list(window->dilation, 1);
    before = list(window->padding_before, 0);
    after = list(window->padding_after, 0);
  }

  bool is_dilated() const { return dilation[0] != 1 || dilation[1] != 1; }

  int64_t area() const { return kernel[0] * kernel[1]; }

  int64_t reach(size_t axis) const { return dilation[axis] * (kernel[axis] - 1) + 1; }
};

at::Tensor as_map(const at::Tensor &x) { return x.dim() == 3 ? x.unsqueeze(2) : x; }

at::Tensor as_before(const at::Tensor &y, const at::Tensor &x) { return x.dim() == 3 ? y.squeeze(2) : y; }

/// Elements around height and width; ATen counts axes from the last.
at::Tensor padded(const at::Tensor &x, const std::vector<int64_t> &before, const std::vector<int64_t> &after,
                  double value) {
  return at::constant_pad_nd(x, {before[1], after[1], before[0], after[0]}, value);
}

/// A 1x1 convolution as one matrix product over all pixels: with channels innermost the memory
/// already is that matrix, while oneDNN would reorder it before and after on most processors.
at::Tensor pointwise(const at::Tensor &x, const at::Tensor &weight, const ctorch_tensor *bias) {
  auto pixels = x.permute({0, 2, 3, 1}).reshape({-1, x.size(1)});
  auto matrix = weight.flatten(1).t();
  auto product = bias ? at::addmm(bias->value, pixels, matrix) : at::mm(pixels, matrix);
  return product.view({x.size(0), x.size(2), x.size(3), weight.size(0)}).permute({0, 3, 1, 2});
}

/// What must stand behind the map so that the last of `outputs` positions is whole.
std::vector<int64_t> room_behind(const at::Tensor &x, const Window &window, const int64_t *outputs, int32_t axes) {
  std::vector<int64_t> behind;
  for (size_t axis = 0; axis < 2; axis++) {
    const int64_t positions = axes == 1 ? (axis == 0 ? 1 : outputs[0]) : outputs[axis];
    const int64_t end = (positions - 1) * window.stride[axis] + window.reach(axis);
    behind.push_back(std::max<int64_t>(0, end - x.size(static_cast<int64_t>(axis) + 2) - window.before[axis]));
  }
  return behind;
}

/// Whether ATen's own padding, which is alike on both sides and at most half a kernel, gives the same positions.
bool is_plain(const at::Tensor &x, const Window &window, const std::vector<int64_t> &behind) {
  for (size_t axis = 0; axis < 2; axis++) {
    if (window.before[axis] != window.after[axis] || window.before[axis] > window.kernel[axis] / 2) return false;
    if (behind[axis] > window.after[axis]) return false;
  }
  return true;
}

/// Means over whole windows; ATen has none that are dilated, so that a convolution takes those.
at::Tensor window_means(const at::Tensor &x, const Window &window) {
  if (!window.is_dilated()) return at::avg_pool2d(x, window.kernel, window.stride);
  const double share = 1.0 / static_cast<double>(window.area());
  const auto weight = at::full({x.size(1), 1, window.kernel[0], window.kernel[1]}, share, x.options());
  return at::conv2d(x, weight, {}, window.stride, at::IntArrayRef({0, 0}), window.dilation, x.size(1));
}

/// What follows a layer, in the memory that the layer has just written.
at::Tensor finished(at::Tensor value, const ctorch_finish *finish) {
  if (!finish) return value;
  const ctorch::Finish all(finish);
  if (!ctorch::records_gradient(value)) return ctorch::finished_in_place(value, all);
  const bool has_top = all.highest < std::numeric_limits<float>::infinity();
  if (all.lowest == 0 && !has_top) {
    at::relu_(value);
  } else if (all.clamps()) {
    at::hardtanh_(value, all.lowest, all.highest);
  }
  if (!all.rounds) return value;
  return ctorch::fake_quantized(value, all.scale, all.lowest_integer, all.highest_integer);
}

}  // namespace

extern "C" {

ctorch_tensor *ctorch_convolution(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                                  const ctorch_window *shape, int64_t groups, const ctorch_finish *finish) {
  return guarded_tensor([&] {
    const Window window(shape);
    const std::vector<int64_t> one{1, 1}, none{0, 0};
    const auto kernel = as_map(weight->value);
    const auto offset = bias ? bias->value : at::Tensor();
    auto input = as_map(x->value);
    const bool records = ctorch::records_gradient(input, kernel) || (bias && ctorch::records_gradient(offset));
    const bool is_whole = x->value.dim() == 4 && !records;
    if (window.kernel == one && window.stride == one && window.before == none && window.after == none && groups == 1) {
      if (is_whole)
        return ctorch::fused_pointwise(ctorch::channels_last(input), kernel, offset, ctorch::Finish(finish));
      return as_before(finished(pointwise(input, kernel, bias), finish), x->value);
    }
    auto padding = window.before;
    if (window.before != window.after) {
      input = padded(input, window.before, window.after, 0);
      padding = none;
    }
    const auto value = at::conv2d(input, kernel, offset, window.stride, padding, window.dilation, groups);
    return as_before(finished(value, finish), x->value);
  });
}

ctorch_tensor *ctorch_transposed_convolution(const ctorch_tensor *x, const ctorch_tensor *weight,
                                             const ctorch_tensor *bias, const ctorch_window *shape,
                                             const int64_t *output_padding, int64_t groups) {
  return guarded_tensor([&] {
    const Window window(shape);
    std::vector<int64_t> extra(output_padding, output_padding + shape->axes);
    if (shape->axes == 1) extra.insert(extra.begin(), 0);
    c10::optional<at::Tensor> offset;
    if (bias) offset = bias->value;
    auto full = at::conv_transpose2d(as_map(x->value), as_map(weight->value), offset, window.stride,
                                     at::IntArrayRef({0, 0}), extra, groups, window.dilation);
    for (size_t axis = 0; axis < 2; axis++) {
      const int64_t dimension = static_cast<int64_t>(axis) + 2;
      const int64_t kept = full.size(dimension) - window.before[axis] - window.after[axis];
      full = full.narrow(dimension, window.before[axis], kept);
    }
    return as_before(full, x->value);
  });
}

ctorch_tensor *ctorch_max_pool(const ctorch_tensor *x, const ctorch_window *shape, const int64_t *outputs) {
  return guarded_tensor([&] {
    const Window window(shape);
    auto input = as_map(x->value);
    const auto behind = room_behind(input, window, outputs, shape->axes);
    auto padding = window.before;
    if (!is_plain(input, window, behind)) {
      input = padded(input, window.before, behind, -std::numeric_limits<double>::infinity());
      padding = {0, 0};
    }
    return as_before(at::max_pool2d(input, window.kernel, window.stride, padding, window.dilation), x->value);
  });
}

ctorch_tensor *ctorch_average_pool(const ctorch_tensor *x, const ctorch_window *shape, const int64_t *outputs,
                                   int32_t counts_padding) {
  return guarded_tensor([&] {
    const Window window(shape);
    auto input = as_map(x->value);
    const auto behind = room_behind(input, window, outputs, shape->axes);
    if (!window.is_dilated() && is_plain(input, window, behind))
      return as_before(at::avg_pool2d(input, window.kernel, window.stride, window.before, false, counts_padding != 0),
                       x->value);
    // Sums over elements that count, divided by how many there are.
    auto ones = at::ones({1, 1, input.size(2), input.size(3)}, input.options());
    std::vector<int64_t> rest;
    for (size_t axis = 0; axis < 2; axis++) {
      const int64_t counted = counts_padding ? std::min(window.after[axis], behind[axis]) : 0;
      rest.push_back(behind[axis] - counted);
    }
    if (counts_padding) {
      ones = padded(ones, window.before, {behind[0] - rest[0], behind[1] - rest[1]}, 1);
      ones = padded(ones, {0, 0}, rest, 0);
    } else {
      ones = padded(ones, window.before, behind, 0);
    }
    const auto sums = window_means(padded(input, window.before, behind, 0), window);
    // A dilated window may see nothing that counts: it has the mean zero, as its sum.
    const double share = 1.0 / static_cast<double>(window.area());
    return as_before(sums / window_means(ones, window).clamp_min(share), x->value);
  });
}

}  // extern "C"
