/* The parts of the BitFusion model: parameters, layer to problem, tilings, search. See README.md. */
#ifndef BITFUSION_H
#define BITFUSION_H

#include "plugin_support.h"

/* Largest cell that the ABI allows (H-23); below it, cycles / clock_hz * clock_hz rounds back exactly. */
#define BITFUSION_LARGEST 1e15

/* Operands in their order everywhere. */
enum { WEIGHTS, INPUTS, OUTPUTS, OPERANDS };

/* One on-chip buffer. */
typedef struct {
  uint64_t bytes; /* double buffered: a tile may take half */
  double read_j_per_bit;
  double write_j_per_bit;
} bitfusion_buffer;

/* The spec's parameters, checked. */
typedef struct {
  double clock_hz;
  uint64_t rows;     /* N: input side */
  uint64_t columns;  /* M: output side */
  uint64_t max_bits; /* widest operand of one unit */
  uint64_t min_bits; /* narrowest operand that gains speed */
  bitfusion_buffer buffers[OPERANDS];
  uint64_t dram_bits_per_cycle;
  double dram_j_per_bit;
  double core_j_per_cycle;
  bool depthwise_is_packed;
  uint64_t im2col_layers; /* how many of the network's first layers read its input */
} bitfusion_parameters;

/* What one pass over the array computes: README.md, "From layer to problem". Two layers with equal
 * problems cost the same. Ordered from the widest field to the narrowest: no padding, so memcmp compares. */
typedef struct {
  uint64_t repetitions; /* how many problems of this shape the layer is */
  uint32_t batch, out_height, out_width, in_channels, out_channels;
  uint32_t kernel_height, kernel_width, stride_height, stride_width;
  uint32_t reach_height, reach_width; /* from the first tap to the last; the kernel unless it is dilated */
  uint32_t im2col; /* 1: the input is laid out as a matrix, with one row per output pixel */
  uint32_t packed; /* 1: columns hold channels of a depthwise layer, each with its own input */
  uint32_t is_supported;
} bitfusion_problem;

/* What the original simulator counts, of one problem; bits moved, and cycles. */
typedef struct {
  uint64_t compute_cycles;
  uint64_t stall_cycles; /* first fill and last drain included */
  uint64_t buffer_read_bits[OPERANDS];
  uint64_t buffer_write_bits[OPERANDS]; /* also what crosses the DRAM interface inwards */
  uint64_t dram_read_bits;
  uint64_t dram_write_bits;
} bitfusion_counters;

/* Energy by component, in joules, of one problem. */
typedef struct {
  double core, buffers[OPERANDS], dram, total;
} bitfusion_energy;

#pragma GCC visibility push(hidden)

/* Reads and checks the parameters; HAQ_OK or HAQ_ERROR_INVALID with a sentence. */
int32_t bitfusion_read_parameters(const haq_setup *setup, bitfusion_parameters *parameters,
                                  haq_message *message);

/* The problem of layer number index; HAQ_OK, or HAQ_ERROR_INVALID when its shape contradicts itself. */
int32_t bitfusion_map_layer(const haq_setup *setup, uint32_t index,
                            const bitfusion_parameters *parameters, bitfusion_problem *problem,
                            haq_message *message);

/* The counters of the best tiling and loop order; false when no tiling fits the buffers. */
bool bitfusion_search(const bitfusion_parameters *parameters, const bitfusion_problem *problem,
                      uint64_t weight_bits, uint64_t activation_bits, bitfusion_counters *best);

/* The energy that the counters stand for. */
bitfusion_energy bitfusion_energy_of(const bitfusion_parameters *parameters,
                                     const bitfusion_counters *counters);

#pragma GCC visibility pop

#endif
