// What one layer costs, in seconds. The spec says which numbers arrive here, and in which order.
#include <cstdint>

// extern "C" keeps the name as the spec has it.
extern "C" __attribute__((visibility("default"))) double latency_s(
    uint64_t macs, uint32_t weight_bits, uint32_t activation_bits, double bit_products_per_s) {
  return static_cast<double>(macs) * weight_bits * activation_bits / bit_products_per_s;
}
