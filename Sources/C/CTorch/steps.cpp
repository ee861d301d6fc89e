// Fake quantization with step sizes that training moves.
#include <torch/csrc/autograd/custom_function.h>

#include <limits>
#include <vector>

#include "boxed.h"

namespace {

/// Esser et al., "Learned step size quantization", ICLR 2020, equations 1 to 3 and 5.
struct LearnedStep : torch::autograd::Function<LearnedStep> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &step,
                            double lowest, double highest, double factor) {
    std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
    shape[0] = step.numel();
    // Training may push a step to zero or below.
    const auto width = at::clamp_min(step.reshape(shape), std::numeric_limits<float>::min());
    const auto ratio = at::div(x, width);
    const auto inside = at::logical_and(at::gt(ratio, lowest), at::lt(ratio, highest));
    const auto rounded = at::clamp(at::round(ratio), lowest, highest);
    context->save_for_backward({at::where(inside, at::sub(rounded, ratio), rounded), inside});
    context->saved_data["steps"] = step.numel();
    context->saved_data["factor"] = factor;
    return at::mul(rounded, width);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto steps = context->saved_data["steps"].toInt();
    const auto each = at::mul(gradients[0], saved[0]);
    const auto sums = at::sum(each.reshape({steps, -1}), at::IntArrayRef({1}));
    return {at::mul(gradients[0], saved[1]), at::mul(sums, context->saved_data["factor"].toDouble()), at::Tensor(),
            at::Tensor(), at::Tensor()};
  }
};

}  // namespace

extern "C" ctorch_tensor *ctorch_fake_quantize_step(const ctorch_tensor *x, const ctorch_tensor *step, float lowest,
                                                    float highest, double factor) {
  return ctorch::guarded_tensor([&] {
    const auto steps = step->value.numel();
    TORCH_CHECK(steps == 1 || steps == x->value.size(0), steps, " steps for a tensor of ", x->value.size(0), " rows");
    return LearnedStep::apply(x->value, step->value, lowest, highest, factor);
  });
}
