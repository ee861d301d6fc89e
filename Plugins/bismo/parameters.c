/* The spec's parameters: README.md, "Parameters". */
#include "bismo.h"

int32_t bismo_read_parameters(const haq_setup *setup, bismo_parameters *parameters,
                              haq_message *message) {
  bismo_operand *weights = &parameters->weights, *activations = &parameters->activations;
  const double most_words = 16777216;
  const support_parameter wanted[] = {
      {.key = "activations.buffer_words", .lowest = 1, .highest = most_words,
       .whole = &activations->buffer_words},
      {.key = "activations.stream_bits_per_cycle", .lowest = 1, .highest = 65536,
       .whole = &activations->stream_bits_per_cycle},
      {.key = "array.columns", .lowest = 1, .highest = 4096, .whole = &activations->lanes},
      {.key = "array.depth_bits", .lowest = 1, .highest = 65536, .whole = &parameters->depth_bits},
      {.key = "array.rows", .lowest = 1, .highest = 4096, .whole = &weights->lanes},
      {.key = "batching.convolution", .choice = &parameters->convolution_batch_in_columns,
       .yes = "columns", .no = "one-by-one"},
      {.key = "batching.fully_connected", .choice = &parameters->fully_connected_batch_in_columns,
       .yes = "columns", .no = "one-by-one"},
      {.key = "clock_hz", .lowest = 1, .highest = 1e12, .real = &parameters->clock_hz},
      {.key = "depthwise.channels_per_pass", .lowest = 1, .highest = 4096,
       .whole = &parameters->depthwise_channels_per_pass},
      {.key = "remainder", .choice = &parameters->remainder_moves_full_word, .yes = "full-word",
       .no = "beats"},
      {.key = "weights.buffer_words", .lowest = 1, .highest = most_words,
       .whole = &weights->buffer_words},
      {.key = "weights.stream_bits_per_cycle", .lowest = 1, .highest = 65536,
       .whole = &weights->stream_bits_per_cycle},
  };
  const int32_t code =
      support_read_parameters(setup, "bismo", wanted, sizeof wanted / sizeof wanted[0], message);
  if (code == HAQ_OK && parameters->depthwise_channels_per_pass > weights->lanes)
    return support_fail(message, HAQ_ERROR_INVALID,
                        "parameter \"depthwise.channels_per_pass\" must be at most array.rows, %llu",
                        (unsigned long long)weights->lanes);
  return code;
}
