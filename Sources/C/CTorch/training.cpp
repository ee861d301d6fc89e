// Gradients and the optimiser.
#include <c10/core/GradMode.h>

#include "boxed.h"

using ctorch::guarded;

extern "C" {

int32_t ctorch_record_gradients(int32_t on) {
  const bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(on != 0);
  return before;
}

int32_t ctorch_require_gradient(ctorch_tensor *x) {
  return guarded<int32_t>(0, [&] {
    x->value.set_requires_grad(true);
    return 1;
  });
}

int32_t ctorch_backward(const ctorch_tensor *loss) {
  return guarded<int32_t>(0, [&] {
    loss->value.backward();
    return 1;
  });
}

ctorch_tensor *ctorch_gradient(const ctorch_tensor *x) {
  return ctorch::guarded_tensor([&] {
    const auto &gradient = x->value.grad();
    return gradient.defined() ? gradient : at::zeros_like(x->value.detach());
  });
}

int32_t ctorch_nesterov_step(ctorch_tensor *x, ctorch_tensor *velocity, double rate, double momentum, double decay) {
  return guarded<int32_t>(0, [&] {
    at::NoGradGuard none;
    auto &gradient = x->value.mutable_grad();
    TORCH_CHECK(gradient.defined(), "a step without a gradient");
    gradient.add_(x->value, decay);
    velocity->value.mul_(momentum).add_(gradient);
    x->value.add_(gradient, -rate).add_(velocity->value, -rate * momentum);
    gradient.reset();
    return 1;
  });
}

}  // extern "C"
