/* The spec's parameters: README.md, "Parameters". Rates and energies are families of keys, one for each pair of
 * formats, so they are read here one by one. */
#include "roofline.h"

#include <string.h>

static const char rates[] = "operations_per_s.", energies[] = "energy.";

static bool begins_with(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The name of a kind in keys, as in the spec's capabilities. */
static const char *name_of(uint32_t kind) {
  switch (kind) {
    case HAQ_LAYER_CONVOLUTION: return "convolution.";
    case HAQ_LAYER_DEPTHWISE: return "depthwise.";
    case HAQ_LAYER_FULLY_CONNECTED: return "fully-connected.";
    default: return "matmul.";
  }
}

/* "w8a8" and "int8/int8" are one pair. */
static int32_t refuse_twice(const char *key, haq_message *message) {
  return support_fail(message, HAQ_ERROR_INVALID,
                      "parameter \"%s\" gives what another spelling of the same pair has given", key);
}

static int32_t read_rate(const haq_parameter *given, roofline_parameters *parameters,
                         haq_message *message) {
  const char *rest = given->key + strlen(rates);
  for (uint32_t kind = HAQ_LAYER_CONVOLUTION; kind <= HAQ_LAYER_MATMUL; kind++) {
    uint32_t w, a;
    if (!begins_with(rest, name_of(kind))) continue;
    if (!support_read_pair(rest + strlen(name_of(kind)), &w, &a)) break;
    if (given->text || !(given->number >= 1 && given->number <= 1e18))
      return support_fail(message, HAQ_ERROR_INVALID,
                          "parameter \"%s\" must be a number from 1 to 1e18", given->key);
    double *rate = &parameters->operations_per_s[kind][w][a];
    if (*rate) return refuse_twice(given->key, message);
    *rate = given->number;
    return HAQ_OK;
  }
  return support_fail(message, HAQ_ERROR_INVALID,
                      "unknown parameter \"%s\"; operations_per_s has kinds convolution, depthwise, "
                      "fully-connected and matmul, each with pairs of formats such as w4a8 and int4-g128/bf16",
                      given->key);
}

static int32_t read_energy(const haq_parameter *given, roofline_parameters *parameters,
                           haq_message *message) {
  static const char per_operation[] = "j_per_operation.";
  const char *rest = given->key + strlen(energies);
  double *slot = NULL;
  uint32_t w, a;
  if (strcmp(rest, "j_per_byte") == 0) slot = &parameters->j_per_byte;
  else if (begins_with(rest, per_operation) && support_read_pair(rest + strlen(per_operation), &w, &a))
    slot = &parameters->j_per_operation[w][a];
  if (!slot)
    return support_fail(message, HAQ_ERROR_INVALID,
                        "unknown parameter \"%s\"; energy has j_per_byte, and j_per_operation with "
                        "pairs of formats such as w4a8 and int4-g128/bf16",
                        given->key);
  if (given->text || !(given->number > 0 && given->number <= 1))
    return support_fail(message, HAQ_ERROR_INVALID,
                        "parameter \"%s\" must be a number above 0 and at most 1", given->key);
  if (*slot) return refuse_twice(given->key, message);
  *slot = given->number;
  parameters->has_energy = true;
  return HAQ_OK;
}

/* Energy is given for everything that has a rate, or for nothing. */
static int32_t check_energy(const roofline_parameters *parameters, haq_message *message) {
  if (!parameters->has_energy) return HAQ_OK;
  if (parameters->j_per_byte == 0)
    return support_fail(message, HAQ_ERROR_INVALID,
                        "a parameter is missing: \"energy.j_per_byte\", since other energies are given");
  for (int kind = 1; kind < ROOFLINE_KINDS; kind++)
    for (uint32_t w = 1; w < SUPPORT_FORMATS; w++)
      for (uint32_t a = 1; a < SUPPORT_FORMATS; a++) {
        if (parameters->operations_per_s[kind][w][a] == 0 || parameters->j_per_operation[w][a] > 0) continue;
        char pair[40];
        return support_fail(message, HAQ_ERROR_INVALID,
                            "a parameter is missing: \"energy.j_per_operation.%s\", since that pair has a "
                            "rate and other energies are given", support_write_pair(w, a, pair, sizeof pair));
      }
  return HAQ_OK;
}

int32_t roofline_read_parameters(const haq_setup *setup, roofline_parameters *parameters,
                                 haq_message *message) {
  const support_parameter wanted[] = {
      {.key = "memory.activation_bytes_per_s", .lowest = 1, .highest = 1e15,
       .real = &parameters->activation_bytes_per_s},
      {.key = "memory.on_chip_bytes", .lowest = 1, .highest = 1e12, .real = &parameters->on_chip_bytes},
      {.key = "memory.paths", .choice = &parameters->memory_is_shared, .yes = "shared", .no = "separate"},
      {.key = "memory.weight_bytes_per_s", .lowest = 1, .highest = 1e15,
       .real = &parameters->weight_bytes_per_s},
      {.key = "overhead_s", .highest = 1000, .real = &parameters->overhead_s},
  };
  static const char *const families[] = {rates, energies, NULL};
  int32_t code = support_read_parameters(setup, "roofline", wanted, sizeof wanted / sizeof wanted[0],
                                         families, message);
  bool has_rate = false;
  for (uint64_t i = 0; i < setup->parameter_count && code == HAQ_OK; i++) {
    const haq_parameter *given = &setup->parameters[i];
    if (begins_with(given->key, rates)) {
      code = read_rate(given, parameters, message);
      has_rate = true;
    } else if (begins_with(given->key, energies)) {
      code = read_energy(given, parameters, message);
    }
  }
  if (code == HAQ_OK && !has_rate)
    return support_fail(message, HAQ_ERROR_INVALID,
                        "a parameter is missing: \"operations_per_s\" must give at least one rate, such "
                        "as operations_per_s.convolution.w8a8");
  return code == HAQ_OK ? check_energy(parameters, message) : code;
}
