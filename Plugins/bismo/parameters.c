/* Every parameter is required, has a stated range, and no default: a spec says all that it means. */
#include "bismo.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int32_t bismo_fail(haq_message *message, int32_t code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message->text, message->capacity, format, arguments);
  va_end(arguments);
  return code;
}

/* A number or one of two words; the fields of the kind that it is not stay NULL. */
typedef struct {
  const char *key;
  double lowest, highest;
  double *real;     /* a real number */
  uint64_t *whole;  /* a whole number */
  bool *choice;     /* one of two words */
  const char *yes;  /* the word that makes *choice true */
  const char *no;
} slot;

static int32_t read_choice(const slot *slot, const haq_parameter *given, haq_message *message) {
  if (given->text && strcmp(given->text, slot->yes) == 0) *slot->choice = true;
  else if (given->text && strcmp(given->text, slot->no) == 0) *slot->choice = false;
  else
    return bismo_fail(message, HAQ_ERROR_INVALID, "parameter \"%s\" must be \"%s\" or \"%s\"",
                      slot->key, slot->yes, slot->no);
  return HAQ_OK;
}

static int32_t read_number(const slot *slot, const haq_parameter *given, haq_message *message) {
  double number = given->number;
  bool legal = !given->text && number >= slot->lowest && number <= slot->highest &&
               (slot->real || number == floor(number));
  if (!legal)
    return bismo_fail(message, HAQ_ERROR_INVALID, "parameter \"%s\" must be a %s from %.0f to %.0f",
                      slot->key, slot->real ? "number" : "whole number", slot->lowest, slot->highest);
  if (slot->real) *slot->real = number;
  else *slot->whole = (uint64_t)number;
  return HAQ_OK;
}

static const haq_parameter *find(const haq_setup *setup, const char *key) {
  for (uint64_t i = 0; i < setup->parameter_count; i++)
    if (strcmp(setup->parameters[i].key, key) == 0) return &setup->parameters[i];
  return NULL;
}

static int32_t refuse_unknown(const haq_setup *setup, const slot *slots, size_t count,
                              haq_message *message) {
  for (uint64_t i = 0; i < setup->parameter_count; i++) {
    bool known = false;
    for (size_t s = 0; s < count && !known; s++)
      known = strcmp(setup->parameters[i].key, slots[s].key) == 0;
    if (known) continue;
    char names[640] = "";
    for (size_t s = 0, used = 0; s < count && used < sizeof names; s++)
      used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", s ? ", " : "", slots[s].key);
    return bismo_fail(message, HAQ_ERROR_INVALID, "unknown parameter \"%s\"; bismo has %s",
                      setup->parameters[i].key, names);
  }
  return HAQ_OK;
}

int32_t bismo_read_parameters(const haq_setup *setup, bismo_parameters *parameters,
                              haq_message *message) {
  bismo_operand *weights = &parameters->weights, *activations = &parameters->activations;
  const slot slots[] = {
      {"activations.buffer_words", 1, 16777216, NULL, &activations->buffer_words, NULL, NULL, NULL},
      {"activations.stream_bits_per_cycle", 1, 65536, NULL, &activations->stream_bits_per_cycle,
       NULL, NULL, NULL},
      {"array.columns", 1, 4096, NULL, &activations->lanes, NULL, NULL, NULL},
      {"array.depth_bits", 1, 65536, NULL, &parameters->depth_bits, NULL, NULL, NULL},
      {"array.rows", 1, 4096, NULL, &weights->lanes, NULL, NULL, NULL},
      {"batching.convolution", 0, 0, NULL, NULL, &parameters->convolution_batch_in_columns,
       "columns", "one-by-one"},
      {"batching.fully_connected", 0, 0, NULL, NULL, &parameters->fully_connected_batch_in_columns,
       "columns", "one-by-one"},
      {"clock_hz", 1, 1e12, &parameters->clock_hz, NULL, NULL, NULL, NULL},
      {"depthwise.channels_per_pass", 1, 4096, NULL, &parameters->depthwise_channels_per_pass, NULL,
       NULL, NULL},
      {"remainder", 0, 0, NULL, NULL, &parameters->remainder_moves_full_word, "full-word", "beats"},
      {"weights.buffer_words", 1, 16777216, NULL, &weights->buffer_words, NULL, NULL, NULL},
      {"weights.stream_bits_per_cycle", 1, 65536, NULL, &weights->stream_bits_per_cycle, NULL, NULL,
       NULL},
  };
  const size_t count = sizeof slots / sizeof slots[0];

  int32_t code = refuse_unknown(setup, slots, count, message);
  for (size_t s = 0; s < count && code == HAQ_OK; s++) {
    /* A missing parameter gets the same sentence as an illegal one, and "is missing" before it. */
    static const haq_parameter missing = {"", NULL, NAN};
    const haq_parameter *given = find(setup, slots[s].key);
    code = slots[s].choice ? read_choice(&slots[s], given ? given : &missing, message)
                           : read_number(&slots[s], given ? given : &missing, message);
    if (given || code == HAQ_OK) continue;
    char sentence[200];
    snprintf(sentence, sizeof sentence, "%s", message->text);
    return bismo_fail(message, code, "a parameter is missing: %s", sentence);
  }
  if (code == HAQ_OK && parameters->depthwise_channels_per_pass > weights->lanes)
    return bismo_fail(message, HAQ_ERROR_INVALID,
                      "parameter \"depthwise.channels_per_pass\" must be at most array.rows, %llu",
                      (unsigned long long)weights->lanes);
  return code;
}
