/* What our plugins in C share: sentences for errors, and the reading of parameters. Not part of the ABI. */
#ifndef PLUGIN_SUPPORT_H
#define PLUGIN_SUPPORT_H

#include "haq_plugin.h"

#include <stdbool.h>

/* A parameter that a spec must give: a number within a range, or one of two words. The fields of the kind
 * that it is not stay zero. */
typedef struct {
  const char *key;
  double lowest, highest;
  double *real;    /* a real number */
  uint64_t *whole; /* a whole number */
  bool *choice;    /* one of two words */
  const char *yes; /* the word that makes *choice true */
  const char *no;
} support_parameter;

/* Only haq_plugin_entry is exported (H-7), also when the build does not hide symbols. */
#pragma GCC visibility push(hidden)

/* Writes a sentence to the caller's buffer and returns code. */
int32_t support_fail(haq_message *message, int32_t code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For plugins all of whose parameters have fixed names. */
static const char *const support_no_families[] = {NULL};

/* The parameter called key, or NULL. */
const haq_parameter *support_find(const haq_setup *setup, const char *key);

/* Reads every parameter of a plugin; nothing has a default, and there may be no others (H-14) but those that
 * begin with one of families, which ends with NULL: the caller reads these. HAQ_OK, or HAQ_ERROR_INVALID with a sentence that names the key and what is allowed. */
int32_t support_read_parameters(const haq_setup *setup, const char *plugin,
                                const support_parameter *parameters, size_t count,
                                const char *const *families, haq_message *message);

/* HAQ_OK when every point names a layer of the network, else HAQ_ERROR_INVALID with a sentence (H-15). */
int32_t support_check_layers(const haq_point *points, uint64_t count, uint32_t layer_count,
                             haq_message *message);

/* Whether the layer's dimensions are positive and its groups divide its channels. */
bool support_is_consistent(const haq_layer *layer);

/* HAQ_ERROR_INVALID with the sentence for a layer that is not consistent. */
int32_t support_refuse_layer(const haq_layer *layer, haq_message *message);

/* Bytes of the layer's weights, packed at their width without padding, rounded up; exact below 2^53. */
double support_weight_bytes(const haq_layer *layer, uint64_t bits);

/* More than the numbers of formats, which begin with 1. */
enum { SUPPORT_FORMATS = 96 };

/* A number for each format that a point can have; 0 where bits and code are none. Plain ones have their bits. */
uint32_t support_format_of(uint8_t code, uint32_t bits);

/* Reads a pair of formats such as "w4a8" or "int4-g128/bf16", in small letters, into their numbers. */
bool support_read_pair(const char *text, uint32_t *weight, uint32_t *activation);

/* Writes a pair, short where it can be; 40 bytes are enough. Gives text. */
const char *support_write_pair(uint32_t weight, uint32_t activation, char *text, size_t size);

#pragma GCC visibility pop

#endif
