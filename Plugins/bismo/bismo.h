/* The parts of the BISMO model: parameters, layer to matrix product, pipeline. See README.md. */
#ifndef BISMO_H
#define BISMO_H

#include "plugin_support.h"

/* Largest value of any count of cycles or bytes; also the largest cell that the ABI allows (H-23).
 * Below it, cycles / clock_hz * clock_hz rounds back to the exact integer. */
#define BISMO_LARGEST 1e15

/* One operand's path: stream, buffer, and the side of the array that it feeds. */
typedef struct {
  uint64_t lanes;                 /* rows (weights) or columns (activations) of the array */
  uint64_t buffer_words;          /* words per row or column buffer */
  uint64_t stream_bits_per_cycle;
} bismo_operand;

/* The spec's parameters, checked. */
typedef struct {
  double clock_hz;
  uint64_t depth_bits; /* bits of one word: length of the dot product of one cycle */
  bismo_operand weights;
  bismo_operand activations;
  uint64_t depthwise_channels_per_pass;
  bool remainder_moves_full_word;
  bool convolution_batch_in_columns;
  bool fully_connected_batch_in_columns;
} bismo_parameters;

/* A layer as matrix products M x K x N, run one after another. */
typedef struct {
  uint64_t rows;        /* M: weight vectors */
  uint64_t reduction;   /* K: length of each vector, elements */
  uint64_t columns;     /* N: activation vectors */
  uint64_t repetitions; /* how many products of this shape */
} bismo_product;

/* At most two shapes: depthwise layers end with a smaller pass. */
typedef struct {
  bismo_product products[2];
  uint32_t product_count;
  double weight_count; /* elements; exact below 2^53 */
  uint32_t status;     /* HAQ_POINT_OK, or why no width can be costed */
} bismo_layer;

/* Cycles of a layer, or of one part of it. */
typedef struct {
  uint64_t row_order;    /* total when row tiles are the outer loop */
  uint64_t column_order; /* total when column tiles are the outer loop */
  uint64_t compute;      /* tile products */
  uint64_t weight_stream;
  uint64_t activation_stream;
} bismo_cycles;

/* Only haq_plugin_entry is exported (H-7), also when the build does not hide symbols. */
#pragma GCC visibility push(hidden)

/* Reads and checks the parameters; HAQ_OK or HAQ_ERROR_INVALID with a sentence. */
int32_t bismo_read_parameters(const haq_setup *setup, bismo_parameters *parameters,
                              haq_message *message);

/* The matrix products of a layer; HAQ_OK, or HAQ_ERROR_INVALID when its shape contradicts itself. */
int32_t bismo_map_layer(const haq_layer *layer, const bismo_parameters *parameters,
                        bismo_layer *mapped, haq_message *message);

/* Cycles of a layer at the given widths; returns a HAQ_POINT_ status. */
uint32_t bismo_layer_cycles(const bismo_layer *layer, const bismo_parameters *parameters,
                            uint64_t weight_bits, uint64_t activation_bits, bismo_cycles *cycles);

#pragma GCC visibility pop

#endif
