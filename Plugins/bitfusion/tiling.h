/* One way to cut a problem into tiles, and the five loops over its tiles. */
#ifndef BITFUSION_TILING_H
#define BITFUSION_TILING_H

#include "bitfusion.h"

/* The loops over tiles; their order is what the search looks for. */
enum { BATCH, WIDTH, HEIGHT, IN_CHANNELS, OUT_CHANNELS, LOOPS };

/* Sizes that a tile may have along one dimension, with the number of tiles. Both spatial sides grow together. */
typedef struct {
  uint32_t count;
  uint64_t tile[34];
  uint64_t trips[34];
} bitfusion_sizes;

/* The sizes along every loop. */
typedef struct {
  bitfusion_sizes loops[LOOPS];
} bitfusion_candidates;

/* A choice of sizes, and all that follows from it whatever the order of the loops. */
typedef struct {
  uint64_t trips[LOOPS];
  uint64_t bits[OPERANDS];  /* of one tile in its buffer */
  uint64_t least[OPERANDS]; /* bits to move if nothing is moved twice */
  uint64_t compute_cycles;
  uint64_t array_bits[OPERANDS]; /* what the array reads of each operand, and reads and writes of outputs */
} bitfusion_tiling;

#pragma GCC visibility push(hidden)

/* The sizes to choose from: powers of two, up to the dimension itself. */
void bitfusion_list_candidates(const bitfusion_parameters *parameters,
                               const bitfusion_problem *problem, bitfusion_candidates *candidates);

/* The loops that change what an operand's tile holds, one bit each. */
uint32_t bitfusion_dependence(const bitfusion_problem *problem, int operand);

/* The tiling with the given candidate of each loop; WIDTH's index counts for HEIGHT too. */
void bitfusion_make_tiling(const bitfusion_parameters *parameters, const bitfusion_problem *problem,
                           const bitfusion_candidates *candidates, const uint32_t index[LOOPS],
                           uint64_t weight_bits, uint64_t activation_bits, bitfusion_tiling *tiling);

#pragma GCC visibility pop

/* Rounded up. */
static inline uint64_t bitfusion_divide_up(uint64_t value, uint64_t by) {
  return value / by + (value % by != 0);
}

#endif
