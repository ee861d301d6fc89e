// Fake quantization in one pass over memory; ATen's own takes twice as long in evaluation.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "finish.h"
#include "wide.h"

namespace {

constexpr int64_t grain = 16384;

CTORCH_WIDE void quantize_run(const float *x, float *out, int64_t count, float scale, float lowest, float highest) {
  const float inverse = 1.0f / scale;
  for (int64_t i = 0; i < count; i++) out[i] = ctorch::rounded(x[i], scale, inverse, lowest, highest);
}

CTORCH_WIDE void pass_inside(const float *x, const float *gradient, float *out, int64_t count, float bottom,
                             float top) {
  for (int64_t i = 0; i < count; i++) out[i] = (x[i] >= bottom && x[i] <= top) ? gradient[i] : 0.0f;
}

/// One scale for each of `rows` equal runs of memory.
struct Grid {
  std::vector<float> scales;
  float lowest, highest;

  at::Tensor apply(const at::Tensor &x) const {
    auto out = at::empty_like(x);
    each_run(x, [&](int64_t from, int64_t count, float scale) {
      quantize_run(x.data_ptr<float>() + from, out.data_ptr<float>() + from, count, scale, lowest, highest);
    });
    return out;
  }

  at::Tensor mask(const at::Tensor &x, const at::Tensor &gradient) const {
    auto out = at::empty_like(x);
    each_run(x, [&](int64_t from, int64_t count, float scale) {
      pass_inside(x.data_ptr<float>() + from, gradient.data_ptr<float>() + from, out.data_ptr<float>() + from, count,
                  lowest * scale, highest * scale);
    });
    return out;
  }

 private:
  template <typename Body>
  void each_run(const at::Tensor &x, Body body) const {
    const int64_t rows = static_cast<int64_t>(scales.size());
    const int64_t length = x.numel() / rows;
    at::parallel_for(0, x.numel(), grain, [&](int64_t begin, int64_t end) {
      while (begin < end) {
        const int64_t row = begin / length;
        const int64_t stop = std::min(end, (row + 1) * length);
        body(begin, stop - begin, scales[static_cast<size_t>(row)]);
        begin = stop;
      }
    });
  }
};

/// Dense memory in whatever order the tensor has; a view is copied first.
at::Tensor dense(const at::Tensor &x) { return x.is_non_overlapping_and_dense() ? x : ctorch::channels_last(x); }

struct FakeQuantize : torch::autograd::Function<FakeQuantize> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &input,
                            std::vector<double> scales, double lowest, double highest) {
    auto x = dense(input);
    context->save_for_backward({x});
    context->saved_data["scales"] = scales;
    context->saved_data["lowest"] = lowest;
    context->saved_data["highest"] = highest;
    return grid(scales, lowest, highest).apply(x);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    auto x = context->get_saved_variables()[0];
    // The two must agree element by element in memory, not only in shape.
    auto gradient = gradients[0].strides() == x.strides() ? gradients[0] : at::empty_like(x).copy_(gradients[0]);
    auto rule = grid(context->saved_data["scales"].toDoubleVector(), context->saved_data["lowest"].toDouble(),
                     context->saved_data["highest"].toDouble());
    return {rule.mask(x, gradient), at::Tensor(), at::Tensor(), at::Tensor()};
  }

  static Grid grid(const std::vector<double> &scales, double lowest, double highest) {
    return {std::vector<float>(scales.begin(), scales.end()), static_cast<float>(lowest),
            static_cast<float>(highest)};
  }
};

/// Training may push a clip to zero or below; a grid needs a step above zero.
float positive_clip(const at::Tensor &clip, double highest) {
  return std::max(clip.item<float>(), static_cast<float>(highest) * std::numeric_limits<float>::min());
}

struct LearnedClip : torch::autograd::Function<LearnedClip> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &input, const at::Tensor &clip,
                            double lowest, double highest) {
    auto x = dense(input);
    const float top = positive_clip(clip, highest);
    context->save_for_backward({x});
    context->saved_data["top"] = static_cast<double>(top);
    context->saved_data["is_signed"] = lowest < 0;
    return FakeQuantize::grid({top / highest}, lowest, highest).apply(x);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    auto x = context->get_saved_variables()[0];
    auto gradient = gradients[0].strides() == x.strides() ? gradients[0] : at::empty_like(x).copy_(gradients[0]);
    const float top = static_cast<float>(context->saved_data["top"].toDouble());
    const bool is_signed = context->saved_data["is_signed"].toBool();
    const float bottom = is_signed ? -top : 0.0f;
    auto passed = at::empty_like(x);
    // One sum for each run of fixed length, so that the total does not depend on the number of threads.
    const int64_t count = x.numel(), runs = (count + grain - 1) / grain;
    std::vector<double> sums(static_cast<size_t>(runs));
    const float *values = x.data_ptr<float>(), *in = gradient.data_ptr<float>();
    float *out = passed.data_ptr<float>();
    at::parallel_for(0, runs, 1, [&](int64_t begin, int64_t end) {
      for (int64_t run = begin; run < end; run++) {
        double sum = 0;
        for (int64_t i = run * grain; i < std::min(count, (run + 1) * grain); i++) {
          const bool above = values[i] >= top, below = values[i] <= bottom;
          out[i] = above || below ? 0.0f : in[i];
          if (above) sum += in[i];
          if (below && is_signed) sum -= in[i];
        }
        sums[static_cast<size_t>(run)] = sum;
      }
    });
    double total = 0;
    for (double sum : sums) total += sum;
    return {passed, at::full({1}, total, at::kFloat), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor ctorch::fake_quantized(const at::Tensor &x, float scale, float lowest_integer, float highest_integer) {
  return FakeQuantize::apply(x, std::vector<double>{scale}, lowest_integer, highest_integer);
}

extern "C" {

ctorch_tensor *ctorch_fake_quantize(const ctorch_tensor *x, float scale, float lowest, float highest) {
  return ctorch::guarded_tensor([&] { return ctorch::fake_quantized(x->value, scale, lowest, highest); });
}

ctorch_tensor *ctorch_fake_quantize_rows(const ctorch_tensor *x, const float *scales, int64_t rows, float lowest,
                                         float highest) {
  return ctorch::guarded_tensor([&] {
    TORCH_CHECK(rows == x->value.size(0), rows, " scales for a tensor of ", x->value.size(0), " rows");
    return FakeQuantize::apply(x->value, std::vector<double>(scales, scales + rows), lowest, highest);
  });
}

ctorch_tensor *ctorch_fake_quantize_learned(const ctorch_tensor *x, const ctorch_tensor *clip, float lowest,
                                            float highest) {
  return ctorch::guarded_tensor([&] {
    TORCH_CHECK(clip->value.numel() == 1, "a clip of ", clip->value.numel(), " elements");
    return LearnedClip::apply(x->value, clip->value, lowest, highest);
  });
}

int32_t ctorch_range(const ctorch_tensor *x, float *lowest, float *highest) {
  return ctorch::guarded<int32_t>(0, [&] {
    auto [low, high] = at::aminmax(x->value.detach());
    *lowest = low.item<float>();
    *highest = high.item<float>();
    return 1;
  });
}

int32_t ctorch_add_magnitudes(const ctorch_tensor *x, float top, int64_t *counts, int32_t bins) {
  return ctorch::guarded<int32_t>(0, [&] {
    auto values = dense(x->value.detach());
    const float *data = values.data_ptr<float>();
    for (int64_t i = 0; i < values.numel(); i++) {
      const float magnitude = std::fabs(data[i]);
      if (magnitude == 0) continue;
      // Dividing first: bins per unit would overflow for the top of a layer that has all but died.
      const float share = std::min(1.0f, magnitude / top);
      counts[std::min(bins - 1, static_cast<int32_t>(share * static_cast<float>(bins)))]++;
    }
    return 1;
  });
}

}  // extern "C"
