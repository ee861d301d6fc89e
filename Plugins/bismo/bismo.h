/* The parts of the BISMO models: parameters, layer to matrix product, two machines. See README.md. */
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
  uint64_t stream_bits_per_cycle; /* of its own stream; 0 on the overlay, which has one port for both */
} bismo_operand;

/* What only the overlay as built has: one port to read, one to write, and a device that it must fit. */
typedef struct {
  uint64_t read_bits_per_cycle;
  uint64_t write_bits_per_cycle;
  uint64_t accumulator_bits;
  uint64_t execute_latency_cycles;
  uint64_t buffer_regions;       /* parts of a buffer that are filled and used in turn */
  uint64_t fetch_bytes;          /* the most that one fetch brings */
  uint64_t device_lut, device_bram36;
} bismo_overlay;

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
  bool is_overlay; /* else operands are streamed, and the next is not used */
  bismo_overlay overlay;
  haq_resource resources[2];
  uint32_t resource_count;
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

/* What a layer costs at one pair of widths, on either machine. */
typedef struct {
  uint64_t total, compute;
  uint64_t weight_traffic, activation_traffic; /* cycles of each alone */
  double traffic_bytes;
  uint32_t bound; /* HAQ_BOUND_... */
} bismo_cost;

/* Only haq_plugin_entry is exported (H-7), also when the build does not hide symbols. */
#pragma GCC visibility push(hidden)

/* Reads and checks the parameters; HAQ_OK or HAQ_ERROR_INVALID with a sentence. */
int32_t bismo_read_parameters(const haq_setup *setup, bismo_parameters *parameters,
                              haq_message *message);

/* The matrix products of a layer; HAQ_OK, or HAQ_ERROR_INVALID when its shape contradicts itself. */
int32_t bismo_map_layer(const haq_layer *layer, const bismo_parameters *parameters,
                        bismo_layer *mapped, haq_message *message);

/* The cost of a layer on streams; returns a HAQ_POINT_ status. */
uint32_t bismo_stream_cost(const bismo_layer *layer, const bismo_parameters *parameters,
                           uint64_t weight_bits, uint64_t activation_bits, bismo_cost *cost);

/* The cost of a layer on the overlay; returns a HAQ_POINT_ status. */
uint32_t bismo_overlay_cost(const bismo_layer *layer, const bismo_parameters *parameters,
                            uint64_t weight_bits, uint64_t activation_bits, bismo_cost *cost);

/* Estimates what the overlay takes of its device; HAQ_ERROR_INVALID with both figures when it is too much. */
int32_t bismo_estimate_resources(bismo_parameters *parameters, haq_message *message);

#pragma GCC visibility pop

#endif
