/* The spec's parameters: README.md, "Parameters". */
#include "bitfusion.h"

int32_t bitfusion_read_parameters(const haq_setup *setup, bitfusion_parameters *parameters,
                                  haq_message *message) {
  bitfusion_buffer *weights = &parameters->buffers[WEIGHTS];
  bitfusion_buffer *inputs = &parameters->buffers[INPUTS];
  bitfusion_buffer *outputs = &parameters->buffers[OUTPUTS];
  const double most_bytes = 4294967296.0;
  const support_parameter wanted[] = {
      {.key = "array.columns", .lowest = 1, .highest = 65536, .whole = &parameters->columns},
      {.key = "array.core_j_per_cycle", .highest = 1, .real = &parameters->core_j_per_cycle},
      /* With one row, output stationary would not always be the cheapest dataflow (README.md). */
      {.key = "array.rows", .lowest = 2, .highest = 65536, .whole = &parameters->rows},
      {.key = "clock_hz", .lowest = 1, .highest = 1e12, .real = &parameters->clock_hz},
      {.key = "depthwise", .choice = &parameters->depthwise_is_packed, .yes = "packed", .no = "repeat"},
      {.key = "dram.bits_per_cycle", .lowest = 1, .highest = 1048576,
       .whole = &parameters->dram_bits_per_cycle},
      {.key = "dram.j_per_bit", .highest = 1, .real = &parameters->dram_j_per_bit},
      {.key = "im2col_layers", .highest = 65536, .whole = &parameters->im2col_layers},
      {.key = "inputs.buffer_bytes", .lowest = 1, .highest = most_bytes, .whole = &inputs->bytes},
      {.key = "inputs.read_j_per_bit", .highest = 1, .real = &inputs->read_j_per_bit},
      {.key = "inputs.write_j_per_bit", .highest = 1, .real = &inputs->write_j_per_bit},
      {.key = "outputs.buffer_bytes", .lowest = 1, .highest = most_bytes, .whole = &outputs->bytes},
      {.key = "outputs.read_j_per_bit", .highest = 1, .real = &outputs->read_j_per_bit},
      {.key = "outputs.write_j_per_bit", .highest = 1, .real = &outputs->write_j_per_bit},
      {.key = "precision.max_bits", .lowest = 1, .highest = 16, .whole = &parameters->max_bits},
      {.key = "precision.min_bits", .lowest = 1, .highest = 16, .whole = &parameters->min_bits},
      {.key = "weights.buffer_bytes", .lowest = 1, .highest = most_bytes, .whole = &weights->bytes},
      {.key = "weights.read_j_per_bit", .highest = 1, .real = &weights->read_j_per_bit},
      {.key = "weights.write_j_per_bit", .highest = 1, .real = &weights->write_j_per_bit},
  };
  const int32_t code = support_read_parameters(setup, "bitfusion", wanted,
                                               sizeof wanted / sizeof wanted[0],
                              support_no_families, message);
  if (code == HAQ_OK && parameters->min_bits > parameters->max_bits)
    return support_fail(message, HAQ_ERROR_INVALID,
                        "parameter \"precision.min_bits\" must be at most precision.max_bits, %llu",
                        (unsigned long long)parameters->max_bits);
  return code;
}
