// How tensors and failures cross the C boundary.
#pragma once
#include <ATen/ATen.h>

#include <exception>
#include <string>

#include "include/ctorch.h"

struct ctorch_tensor {
  at::Tensor value;
};

namespace ctorch {

void remember(const char *failure);

inline ctorch_tensor *box(at::Tensor value) { return new ctorch_tensor{std::move(value)}; }

/// Runs `body`, turning any C++ exception into `failure` plus a remembered sentence.
template <typename Result, typename Body>
Result guarded(Result failure, Body body) {
  try {
    return body();
  } catch (const c10::Error &error) {
    remember(error.what_without_backtrace());
  } catch (const std::exception &error) {
    remember(error.what());
  }
  return failure;
}

template <typename Body>
ctorch_tensor *guarded_tensor(Body body) {
  return guarded<ctorch_tensor *>(nullptr, [&] { return box(body()); });
}

/// Images keep channels innermost, which oneDNN's depthwise kernels need to be fast.
inline at::Tensor channels_last(const at::Tensor &x) {
  return x.dim() == 4 ? x.contiguous(at::MemoryFormat::ChannelsLast) : x.contiguous();
}

}  // namespace ctorch
