/* Layers as problems for the array: README.md, "From layer to problem". */
#include "bitfusion.h"

#include <string.h>

/* A bound in double, which cannot wrap, of every count that the search makes with this problem: tiles are at
 * most twice a dimension, output channels are padded to full columns, and 64 exceeds bits of any operand. */
static double largest_count(const bitfusion_parameters *parameters, const bitfusion_problem *problem) {
  const double taps = (double)problem->kernel_height * problem->kernel_width;
  const double window = ((double)problem->reach_height + problem->stride_height) *
                        ((double)problem->reach_width + problem->stride_width);
  const double rows = (double)parameters->rows * (double)(parameters->max_bits * parameters->max_bits);
  const double reads = (window > taps ? window : taps) + rows;
  return 32 * (double)problem->batch * problem->out_height * problem->out_width *
         problem->in_channels * ((double)problem->out_channels + (double)parameters->columns) * reads * 64;
}

int32_t bitfusion_map_layer(const haq_setup *setup, uint32_t index,
                            const bitfusion_parameters *parameters, bitfusion_problem *problem,
                            haq_message *message) {
  const haq_layer *layer = haq_layer_at(setup, index);
  memset(problem, 0, sizeof *problem);
  if (!support_is_consistent(layer)) return support_refuse_layer(layer, message);
  const bool depthwise = layer->kind == HAQ_LAYER_DEPTHWISE;
  const bool convolution = layer->kind == HAQ_LAYER_CONVOLUTION;
  if (!depthwise && !convolution && layer->kind != HAQ_LAYER_FULLY_CONNECTED) return HAQ_OK;

  const bool packed = depthwise && parameters->depthwise_is_packed;
  problem->repetitions = packed ? 1 : layer->groups;
  problem->batch = layer->batch;
  problem->out_height = layer->out_height;
  problem->out_width = layer->out_width;
  problem->in_channels = layer->in_channels / layer->groups;
  problem->out_channels = packed ? layer->out_channels : layer->out_channels / layer->groups;
  problem->kernel_height = layer->kernel_height;
  problem->kernel_width = layer->kernel_width;
  problem->reach_height = haq_reach_height(setup, layer);
  problem->reach_width = haq_reach_width(setup, layer);
  problem->stride_height = layer->stride_height;
  problem->stride_width = layer->stride_width;
  problem->im2col = convolution && index < parameters->im2col_layers;
  problem->packed = packed;
  problem->is_supported = largest_count(parameters, problem) < 9e18;
  return HAQ_OK;
}
