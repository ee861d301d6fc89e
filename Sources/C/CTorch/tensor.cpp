// Life of a tensor, and the operations that ATen provides as they are.
#include <ATen/Parallel.h>
#include <malloc.h>

#include "boxed.h"

namespace {

thread_local std::string last_failure;

}  // namespace

void ctorch::remember(const char *failure) { last_failure = failure; }

using ctorch::guarded;
using ctorch::guarded_tensor;

extern "C" {

const char *ctorch_error(void) { return last_failure.c_str(); }

int32_t ctorch_configure(int32_t threads) {
  // Large tensors come and go at every layer; handing their pages back each time costs
  // more than the arithmetic of a small network.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 0x7fffffff);
  mallopt(M_TOP_PAD, 64 << 20);
  return guarded<int32_t>(0, [&] {
    at::set_num_threads(threads);
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
    return 1;
  });
}

ctorch_tensor *ctorch_from_floats(const float *values, const int64_t *shape, int32_t rank) {
  return guarded_tensor([&] {
    auto copy = at::empty(at::IntArrayRef(shape, static_cast<size_t>(rank)), at::kFloat);
    std::copy(values, values + copy.numel(), copy.data_ptr<float>());
    return ctorch::channels_last(copy);
  });
}

ctorch_tensor *ctorch_from_labels(const int64_t *labels, int64_t count) {
  return guarded_tensor([&] {
    auto copy = at::empty({count}, at::kLong);
    std::copy(labels, labels + count, copy.data_ptr<int64_t>());
    return copy;
  });
}

ctorch_tensor *ctorch_clone(const ctorch_tensor *x) {
  return guarded_tensor([&] { return x->value.detach().clone(); });
}

ctorch_tensor *ctorch_zeros_like(const ctorch_tensor *x) {
  return guarded_tensor([&] { return at::zeros_like(x->value.detach()); });
}

void ctorch_release(ctorch_tensor *x) { delete x; }

int64_t ctorch_count(const ctorch_tensor *x) { return x->value.numel(); }

int32_t ctorch_rank(const ctorch_tensor *x) { return static_cast<int32_t>(x->value.dim()); }

int64_t ctorch_extent(const ctorch_tensor *x, int32_t axis) { return x->value.size(axis); }

int32_t ctorch_copy(const ctorch_tensor *x, float *out, int64_t count) {
  return guarded<int32_t>(0, [&] {
    TORCH_CHECK(count == x->value.numel(), "a copy of ", count, " values from a tensor of ", x->value.numel());
    auto rows = x->value.detach().to(at::kFloat).contiguous(at::MemoryFormat::Contiguous);
    std::copy(rows.data_ptr<float>(), rows.data_ptr<float>() + count, out);
    return 1;
  });
}

int32_t ctorch_assign(ctorch_tensor *x, const float *values, int64_t count) {
  return guarded<int32_t>(0, [&] {
    TORCH_CHECK(count == x->value.numel(), "an assignment of ", count, " values to a tensor of ", x->value.numel());
    auto copy = at::empty(x->value.sizes(), at::kFloat);
    std::copy(values, values + count, copy.data_ptr<float>());
    x->value.detach().copy_(copy);
    return 1;
  });
}

ctorch_tensor *ctorch_batch_norm(const ctorch_tensor *x, const ctorch_tensor *scale, const ctorch_tensor *shift,
                                 ctorch_tensor *running_mean, ctorch_tensor *running_variance, double momentum,
                                 double epsilon) {
  return guarded_tensor([&] {
    return at::batch_norm(x->value, scale->value, shift->value, running_mean->value, running_variance->value,
                          /*training=*/true, momentum, epsilon, /*cudnn_enabled=*/false);
  });
}

ctorch_tensor *ctorch_clamp(const ctorch_tensor *x, double lowest, double highest, int32_t in_place) {
  return guarded_tensor([&] {
    auto value = x->value;
    if (lowest == 0 && highest == std::numeric_limits<double>::infinity())
      return in_place ? at::relu_(value) : at::relu(value);
    return in_place ? at::hardtanh_(value, lowest, highest) : at::hardtanh(value, lowest, highest);
  });
}

ctorch_tensor *ctorch_add(const ctorch_tensor *x, const ctorch_tensor *y) {
  return guarded_tensor([&] { return at::add(x->value, y->value); });
}

ctorch_tensor *ctorch_mean_pool(const ctorch_tensor *x) {
  return guarded_tensor([&] {
    TORCH_CHECK(x->value.dim() > 2, "a value of ", x->value.dim(), " axes has no map to take the mean of");
    std::vector<int64_t> axes;
    for (int64_t axis = 2; axis < x->value.dim(); axis++) axes.push_back(axis);
    return x->value.mean(axes, true);
  });
}

ctorch_tensor *ctorch_flatten(const ctorch_tensor *x) {
  return guarded_tensor([&] { return x->value.flatten(1).contiguous(); });
}

ctorch_tensor *ctorch_cross_entropy(const ctorch_tensor *logits, const ctorch_tensor *labels, double label_smoothing) {
  return guarded_tensor([&] {
    return at::cross_entropy_loss(logits->value, labels->value, {}, at::Reduction::Mean, -100, label_smoothing);
  });
}

int32_t ctorch_correct(const ctorch_tensor *logits, const ctorch_tensor *labels, uint8_t *correct, int64_t count) {
  return guarded<int32_t>(0, [&] {
    auto hits = logits->value.argmax(1).eq(labels->value).to(at::kByte).contiguous();
    TORCH_CHECK(count == hits.numel(), count, " answers of ", hits.numel(), " rows");
    std::copy(hits.data_ptr<uint8_t>(), hits.data_ptr<uint8_t>() + count, correct);
    return 1;
  });
}

}  // extern "C"
