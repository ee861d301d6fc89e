/* Layers as matrix products, README.md section "From layer to matrix product". */
#include "bismo.h"

#include <string.h>

/* Counts above this make a layer unsupported; far below 2^64, so later products are checked in double. */
static const double largest_dimension = 1099511627776.0; /* 2^40 */

/* Appends a product unless it is empty; marks the layer unsupported when a dimension is too large.
 * Dimensions come as doubles because products of 32-bit fields may exceed 64 bits. */
static void append(bismo_layer *mapped, double rows, double reduction, double columns,
                   double repetitions) {
  if (rows == 0 || repetitions == 0) return;
  if (rows > largest_dimension || reduction > largest_dimension || columns > largest_dimension ||
      repetitions > largest_dimension) {
    mapped->status = HAQ_POINT_UNSUPPORTED;
    return;
  }
  bismo_product *product = &mapped->products[mapped->product_count++];
  product->rows = (uint64_t)rows;
  product->reduction = (uint64_t)reduction;
  product->columns = (uint64_t)columns;
  product->repetitions = (uint64_t)repetitions;
}

int32_t bismo_map_layer(const haq_layer *layer, const bismo_parameters *parameters,
                        bismo_layer *mapped, haq_message *message) {
  memset(mapped, 0, sizeof *mapped);
  if (!support_is_consistent(layer)) return support_refuse_layer(layer, message);

  const bool fully_connected = layer->kind == HAQ_LAYER_FULLY_CONNECTED;
  const bool in_columns = fully_connected ? parameters->fully_connected_batch_in_columns
                                          : parameters->convolution_batch_in_columns;
  const double batch = layer->batch, groups = layer->groups;
  const double taps = (double)layer->kernel_height * layer->kernel_width;
  const double columns = (double)layer->out_height * layer->out_width * (in_columns ? batch : 1);
  const double images = in_columns ? 1 : batch;
  mapped->weight_count = layer->out_channels * (layer->in_channels / groups) * taps;

  if (layer->kind == HAQ_LAYER_DEPTHWISE) {
    const uint32_t packed = (uint32_t)parameters->depthwise_channels_per_pass;
    const uint32_t full = layer->groups / packed, rest = layer->groups % packed;
    append(mapped, packed, packed * taps, columns, full * images);
    append(mapped, rest, rest * taps, columns, images);
  } else if (layer->kind == HAQ_LAYER_CONVOLUTION || fully_connected) {
    append(mapped, layer->out_channels / groups, layer->in_channels / groups * taps, columns,
           groups * images);
  } else {
    mapped->status = HAQ_POINT_UNSUPPORTED;
  }
  return HAQ_OK;
}
