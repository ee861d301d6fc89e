/* The best tiling and loop order, exactly: README.md, "Search". */
#include "tiling.h"

#include <string.h>

#ifdef __clang__ /* gcc does not know the pragma */
/* Energies break ties, so they should round the same way on machines with and without fused operations. */
#pragma STDC FP_CONTRACT OFF
#endif

enum { ALL_OPERANDS = (1 << OPERANDS) - 1 };

/* A problem at two widths, the tiling at hand, and the best so far. */
typedef struct {
  const bitfusion_parameters *parameters;
  const bitfusion_problem *problem;
  uint64_t weight_bits, activation_bits;
  uint64_t capacity[OPERANDS]; /* bits of one of the two halves of each buffer */
  uint32_t dependence[OPERANDS];
  bitfusion_tiling tiling;
  bitfusion_counters best;
  uint64_t best_cycles; /* all ones while nothing is found */
  double best_energy;
} search;

/* The loops from the innermost to somewhere. An operand is settled when the order of the loops further out makes no
 * difference to it: it has outgrown its buffer, or it fits as a whole. */
typedef struct {
  uint32_t outer;              /* loops that are still to be placed around, one bit each */
  uint64_t outer_trips;        /* product of their trips */
  uint32_t settled;            /* operands, one bit each */
  uint64_t moved[OPERANDS];    /* bits: in total once settled, else for the loops placed */
  uint64_t resident[OPERANDS]; /* bits that stay in the buffer */
} loop_nest;

bitfusion_energy bitfusion_energy_of(const bitfusion_parameters *parameters,
                                     const bitfusion_counters *counters) {
  bitfusion_energy energy;
  energy.core = (double)counters->compute_cycles * parameters->core_j_per_cycle;
  energy.total = energy.core;
  for (int operand = 0; operand < OPERANDS; operand++) {
    const bitfusion_buffer *buffer = &parameters->buffers[operand];
    const double read = (double)counters->buffer_read_bits[operand] * buffer->read_j_per_bit;
    const double write = (double)counters->buffer_write_bits[operand] * buffer->write_j_per_bit;
    energy.buffers[operand] = read + write;
    energy.total = energy.total + read + write;
  }
  const double read = (double)counters->dram_read_bits * parameters->dram_j_per_bit;
  const double write = (double)counters->dram_write_bits * parameters->dram_j_per_bit;
  energy.dram = read + write;
  energy.total = energy.total + read + write;
  return energy;
}

/* The counters when so much is moved; stalls come in addition. */
static bitfusion_counters counters_of(const bitfusion_tiling *tiling, const uint64_t moved[OPERANDS]) {
  bitfusion_counters counters = {.compute_cycles = tiling->compute_cycles};
  for (int operand = 0; operand < OPERANDS; operand++) {
    counters.buffer_read_bits[operand] = tiling->array_bits[operand];
    counters.buffer_write_bits[operand] = moved[operand];
    counters.dram_read_bits += moved[operand];
  }
  counters.buffer_read_bits[OUTPUTS] += moved[OUTPUTS];
  counters.buffer_write_bits[OUTPUTS] += tiling->array_bits[OUTPUTS];
  counters.dram_write_bits = moved[OUTPUTS];
  return counters;
}

static uint64_t total_cycles(const bitfusion_counters *counters) {
  return counters->compute_cycles + counters->stall_cycles;
}

/* All transfers overlap with computing, except the first fill and the last drain. */
static uint64_t stalls(const search *self, const loop_nest *nest) {
  const uint64_t width = self->parameters->dram_bits_per_cycle;
  const uint64_t last = nest->resident[OUTPUTS];
  const uint64_t first = nest->resident[WEIGHTS] + nest->resident[INPUTS] + last;
  const uint64_t all = nest->moved[WEIGHTS] + nest->moved[INPUTS] + 2 * nest->moved[OUTPUTS];
  const uint64_t overlapped = bitfusion_divide_up(all - first - last, width);
  const uint64_t computing = self->tiling.compute_cycles;
  return (overlapped > computing ? overlapped - computing : 0) + bitfusion_divide_up(first, width) +
         bitfusion_divide_up(last, width);
}

/* Fewest cycles, then least energy; what follows only makes the answer unique where energies are all zero. */
static bool is_better(const bitfusion_counters *a, double energy, const search *self) {
  const uint64_t cycles = total_cycles(a);
  if (cycles != self->best_cycles) return cycles < self->best_cycles;
  if (energy != self->best_energy) return energy < self->best_energy;
  const bitfusion_counters *b = &self->best;
  if (a->dram_read_bits != b->dram_read_bits) return a->dram_read_bits < b->dram_read_bits;
  if (a->dram_write_bits != b->dram_write_bits) return a->dram_write_bits < b->dram_write_bits;
  for (int operand = 0; operand < OPERANDS; operand++) {
    const uint64_t ours = a->buffer_read_bits[operand], theirs = b->buffer_read_bits[operand];
    if (ours != theirs) return ours < theirs;
    const uint64_t our_fill = a->buffer_write_bits[operand], fill = b->buffer_write_bits[operand];
    if (our_fill != fill) return our_fill < fill;
  }
  return a->compute_cycles < b->compute_cycles;
}

/* The bits that every completion of the nest moves at least. */
static void least_moved(const search *self, const loop_nest *nest, uint64_t moved[OPERANDS]) {
  for (int operand = 0; operand < OPERANDS; operand++)
    moved[operand] =
        nest->settled >> operand & 1 ? nest->moved[operand] : self->tiling.least[operand];
}

/* The cycles that every completion of the nest takes at least; what is resident only grows. */
static uint64_t least_cycles_of(const search *self, const loop_nest *nest) {
  const uint64_t width = self->parameters->dram_bits_per_cycle;
  uint64_t moved[OPERANDS];
  least_moved(self, nest, moved);
  const uint64_t last = nest->resident[OUTPUTS];
  const uint64_t first = nest->resident[WEIGHTS] + nest->resident[INPUTS] + last;
  const uint64_t computing = self->tiling.compute_cycles + bitfusion_divide_up(first, width) +
                             bitfusion_divide_up(last, width);
  const uint64_t moving =
      bitfusion_divide_up(moved[WEIGHTS] + moved[INPUTS] + 2 * moved[OUTPUTS], width);
  return computing > moving ? computing : moving;
}

/* Whether no completion of the nest can be better than the best so far. Sums of doubles are monotone, so the
 * bound on energy needs no margin. */
static bool is_hopeless(const search *self, const loop_nest *nest) {
  const uint64_t cycles = least_cycles_of(self, nest);
  if (cycles != self->best_cycles) return cycles > self->best_cycles;
  uint64_t moved[OPERANDS];
  least_moved(self, nest, moved);
  const bitfusion_counters counters = counters_of(&self->tiling, moved);
  return bitfusion_energy_of(self->parameters, &counters).total > self->best_energy;
}

static void take_if_better(search *self, const loop_nest *nest) {
  const uint64_t stall_cycles = stalls(self, nest);
  const uint64_t cycles = self->tiling.compute_cycles + stall_cycles;
  if (cycles > self->best_cycles) return;
  bitfusion_counters counters = counters_of(&self->tiling, nest->moved);
  counters.stall_cycles = stall_cycles;
  const double energy = bitfusion_energy_of(self->parameters, &counters).total;
  if (!is_better(&counters, energy, self)) return;
  self->best = counters;
  self->best_cycles = cycles;
  self->best_energy = energy;
}

/* The nest with one more loop around it. */
static loop_nest surround(const search *self, const loop_nest *inner, int loop) {
  const uint64_t trips = self->tiling.trips[loop];
  loop_nest around = *inner;
  around.outer &= ~(1u << loop);
  around.outer_trips = inner->outer_trips / trips;
  for (int operand = 0; operand < OPERANDS; operand++) {
    const uint32_t bit = 1u << operand;
    if (around.settled & bit || !(self->dependence[operand] >> loop & 1)) continue;
    around.moved[operand] *= trips;
    if (around.moved[operand] > self->capacity[operand]) {
      /* From here on every loop brings the operand anew, also one that does not change it. */
      around.settled |= bit;
      around.moved[operand] *= around.outer_trips;
    } else {
      around.resident[operand] = around.moved[operand];
    }
  }
  return around;
}

/* Tries every order of the loops that remain. */
static void place_loops(search *self, const loop_nest *inner) {
  if (is_hopeless(self, inner)) return;
  if (inner->settled == ALL_OPERANDS) {
    take_if_better(self, inner);
    return;
  }
  const uint64_t *trips = self->tiling.trips;
  for (int loop = 0; loop < LOOPS; loop++) {
    if (!(inner->outer >> loop & 1)) continue;
    /* Both spatial loops do the same to every operand: with equal trips one order stands for both. */
    if (loop == HEIGHT && inner->outer >> WIDTH & 1 && trips[HEIGHT] == trips[WIDTH]) continue;
    const loop_nest around = surround(self, inner, loop);
    place_loops(self, &around);
  }
}

/* One tile of each operand, and outside of it every loop that runs more than once. */
static loop_nest single_tile(const search *self) {
  const bitfusion_tiling *tiling = &self->tiling;
  loop_nest tile = {.outer_trips = 1};
  for (int loop = 0; loop < LOOPS; loop++) {
    tile.outer_trips *= tiling->trips[loop];
    if (tiling->trips[loop] > 1) tile.outer |= 1u << loop;
  }
  for (int operand = 0; operand < OPERANDS; operand++) {
    const bool fits_whole = tiling->least[operand] <= self->capacity[operand];
    if (fits_whole) tile.settled |= 1u << operand;
    tile.moved[operand] = fits_whole ? tiling->least[operand] : tiling->bits[operand];
    tile.resident[operand] = tile.moved[operand];
  }
  return tile;
}

/* Makes the tiling of these candidates the one at hand; false when a tile is larger than half its buffer. */
static bool choose_tiling(search *self, const bitfusion_candidates *candidates,
                          const uint32_t index[LOOPS]) {
  bitfusion_make_tiling(self->parameters, self->problem, candidates, index, self->weight_bits,
                        self->activation_bits, &self->tiling);
  for (int operand = 0; operand < OPERANDS; operand++)
    if (self->tiling.bits[operand] > self->capacity[operand]) return false;
  return true;
}

/* Steps through all choices of candidates, HEIGHT following WIDTH; false after the last. */
static bool next_choice(const bitfusion_candidates *candidates, uint32_t index[LOOPS]) {
  for (int loop = 0; loop < LOOPS; loop++) {
    if (loop == HEIGHT) continue;
    if (++index[loop] < candidates->loops[loop].count) return true;
    index[loop] = 0;
  }
  return false;
}

bool bitfusion_search(const bitfusion_parameters *parameters, const bitfusion_problem *problem,
                      uint64_t weight_bits, uint64_t activation_bits, bitfusion_counters *best) {
  search self = {.parameters = parameters,
                 .problem = problem,
                 .weight_bits = weight_bits,
                 .activation_bits = activation_bits,
                 .best_cycles = UINT64_MAX};
  for (int operand = 0; operand < OPERANDS; operand++) {
    self.capacity[operand] = parameters->buffers[operand].bytes * 8 / 2;
    self.dependence[operand] = bitfusion_dependence(problem, operand);
  }
  bitfusion_candidates candidates;
  bitfusion_list_candidates(parameters, problem, &candidates);

  /* A good tiling first, so that most others are seen to be hopeless at once. */
  uint32_t index[LOOPS] = {0}, promising[LOOPS] = {0};
  uint64_t least_cycles = UINT64_MAX;
  do {
    if (!choose_tiling(&self, &candidates, index)) continue;
    const loop_nest tile = single_tile(&self);
    const uint64_t cycles = least_cycles_of(&self, &tile);
    if (cycles >= least_cycles) continue;
    least_cycles = cycles;
    memcpy(promising, index, sizeof promising);
  } while (next_choice(&candidates, index));
  if (least_cycles == UINT64_MAX) return false;

  choose_tiling(&self, &candidates, promising);
  loop_nest tile = single_tile(&self);
  place_loops(&self, &tile);
  do {
    if (!choose_tiling(&self, &candidates, index)) continue;
    tile = single_tile(&self);
    place_loops(&self, &tile);
  } while (next_choice(&candidates, index));
  *best = self.best;
  return true;
}
