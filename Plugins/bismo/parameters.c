/* The spec's parameters: README.md, "Parameters". */
#include "bismo.h"

#include <string.h>

/* The parameters that are wanted, which depend on the machine. */
typedef struct {
  support_parameter entries[24];
  size_t count;
} list;

static void add(list *list, support_parameter entry) { list->entries[list->count++] = entry; }

static void add_whole(list *list, const char *key, double highest, uint64_t *whole) {
  add(list, (support_parameter){.key = key, .lowest = 1, .highest = highest, .whole = whole});
}

static void add_common(list *list, bismo_parameters *parameters) {
  const double most_words = 16777216;
  add_whole(list, "activations.buffer_words", most_words, &parameters->activations.buffer_words);
  add_whole(list, "array.columns", 4096, &parameters->activations.lanes);
  add_whole(list, "array.depth_bits", 65536, &parameters->depth_bits);
  add_whole(list, "array.rows", 4096, &parameters->weights.lanes);
  add(list, (support_parameter){.key = "batching.convolution",
                                .choice = &parameters->convolution_batch_in_columns,
                                .yes = "columns", .no = "one-by-one"});
  add(list, (support_parameter){.key = "batching.fully_connected",
                                .choice = &parameters->fully_connected_batch_in_columns,
                                .yes = "columns", .no = "one-by-one"});
  add(list, (support_parameter){.key = "clock_hz", .lowest = 1, .highest = 1e12,
                                .real = &parameters->clock_hz});
  add_whole(list, "depthwise.channels_per_pass", 4096, &parameters->depthwise_channels_per_pass);
  add(list, (support_parameter){.key = "machine", .choice = &parameters->is_overlay,
                                .yes = "overlay", .no = "streams"});
  add_whole(list, "weights.buffer_words", most_words, &parameters->weights.buffer_words);
}

static void add_streams(list *list, bismo_parameters *parameters) {
  add_whole(list, "activations.stream_bits_per_cycle", 65536,
            &parameters->activations.stream_bits_per_cycle);
  add(list, (support_parameter){.key = "remainder", .choice = &parameters->remainder_moves_full_word,
                                .yes = "full-word", .no = "beats"});
  add_whole(list, "weights.stream_bits_per_cycle", 65536, &parameters->weights.stream_bits_per_cycle);
}

static void add_overlay(list *list, bismo_overlay *overlay) {
  add_whole(list, "device.bram36", 1e9, &overlay->device_bram36);
  add_whole(list, "device.lut", 1e9, &overlay->device_lut);
  add_whole(list, "execute.latency_cycles", 1e6, &overlay->execute_latency_cycles);
  add_whole(list, "fetch.largest_bytes", 1e9, &overlay->fetch_bytes);
  add_whole(list, "fetch.read_bits_per_cycle", 65536, &overlay->read_bits_per_cycle);
  add_whole(list, "fetch.regions", 1024, &overlay->buffer_regions);
  add_whole(list, "result.accumulator_bits", 64, &overlay->accumulator_bits);
  add_whole(list, "result.write_bits_per_cycle", 65536, &overlay->write_bits_per_cycle);
}

int32_t bismo_read_parameters(const haq_setup *setup, bismo_parameters *parameters,
                              haq_message *message) {
  list wanted = {.count = 0};
  const haq_parameter *machine = support_find(setup, "machine");
  add_common(&wanted, parameters);
  if (machine && machine->text && strcmp(machine->text, "overlay") == 0)
    add_overlay(&wanted, &parameters->overlay);
  else
    add_streams(&wanted, parameters);

  const int32_t code = support_read_parameters(setup, "bismo", wanted.entries, wanted.count,
                                               support_no_families, message);
  if (code != HAQ_OK) return code;
  if (parameters->depthwise_channels_per_pass > parameters->weights.lanes)
    return support_fail(message, HAQ_ERROR_INVALID,
                        "parameter \"depthwise.channels_per_pass\" must be at most array.rows, %llu",
                        (unsigned long long)parameters->weights.lanes);
  return parameters->is_overlay ? bismo_estimate_resources(parameters, message) : HAQ_OK;
}
