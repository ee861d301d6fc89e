/* What the overlay takes of an FPGA: README.md, "Resources". */
#include "bismo.h"

#include <math.h>

static int32_t check(const haq_resource *resource, const char *key, haq_message *message) {
  if (resource->used <= resource->capacity) return HAQ_OK;
  return support_fail(message, HAQ_ERROR_INVALID,
                      "the array needs an estimated %.0f %s, but the device has %.0f (parameter \"%s\"): "
                      "make the array or its buffers smaller",
                      resource->used, resource->name, resource->capacity, key);
}

int32_t bismo_estimate_resources(bismo_parameters *parameters, haq_message *message) {
  const double rows = (double)parameters->weights.lanes, columns = (double)parameters->activations.lanes;
  const double depth = (double)parameters->depth_bits;
  /* A block RAM is 36 Kib: 1024 words of 32 bits with their parity. */
  const double brams_per_word = ceil(depth / 32);
  const double brams = brams_per_word * (rows * ceil((double)parameters->weights.buffer_words / 1024) +
                                         columns * ceil((double)parameters->activations.buffer_words / 1024));
  parameters->resources[0] = (haq_resource){
      "LUT", ceil(rows * columns * (1.17 * depth + 44.1 + 120.1)), (double)parameters->overlay.device_lut};
  parameters->resources[1] = (haq_resource){"BRAM36", brams, (double)parameters->overlay.device_bram36};
  parameters->resource_count = 2;
  const int32_t code = check(&parameters->resources[0], "device.lut", message);
  return code == HAQ_OK ? check(&parameters->resources[1], "device.bram36", message) : code;
}
