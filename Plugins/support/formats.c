/* Number formats by name and by code: docs/formats.md, and rule H-42 of docs/abi.md. */
#include "plugin_support.h"

#include <stdio.h>
#include <string.h>

/* Formats whose code tells their bits, in the order of support_format_of. */
static const struct {
  const char *name;
  uint8_t code, bits;
} named[] = {
    {"fp16", HAQ_FORMAT_FP16, 16},
    {"bf16", HAQ_FORMAT_BF16, 16},
    {"fp8-e4m3", HAQ_FORMAT_FP8_E4M3, 8},
    {"fp8-e5m2", HAQ_FORMAT_FP8_E5M2, 8},
    {"fp6-e2m3", HAQ_FORMAT_FP6_E2M3, 6},
    {"fp6-e3m2", HAQ_FORMAT_FP6_E3M2, 6},
    {"fp4-e2m1", HAQ_FORMAT_FP4_E2M1, 4},
    {"mxfp8-e4m3", HAQ_FORMAT_MXFP8_E4M3, 8},
    {"mxfp8-e5m2", HAQ_FORMAT_MXFP8_E5M2, 8},
    {"mxfp6-e2m3", HAQ_FORMAT_MXFP6_E2M3, 6},
    {"mxfp6-e3m2", HAQ_FORMAT_MXFP6_E3M2, 6},
    {"mxfp4", HAQ_FORMAT_MXFP4, 4},
    {"nvfp4", HAQ_FORMAT_NVFP4, 4},
};

/* Numbers of formats: 1 ... 32 are plain bits, then come the named ones, then groups of 32, of 64 and of 128 inputs with
 * 2 ... 16 bits each. */
enum {
  plain_count = 32,
  named_count = sizeof named / sizeof named[0],
  least_group_bits = 2,
  group_widths = 15,
};
_Static_assert(plain_count + named_count + 3 * group_widths < SUPPORT_FORMATS, "formats have no room");

uint32_t support_format_of(uint8_t code, uint32_t bits) {
  if (code == HAQ_FORMAT_PLAIN) return bits <= plain_count ? bits : 0;
  for (uint32_t i = 0; i < named_count; i++)
    if (named[i].code == code) return named[i].bits == bits ? plain_count + 1 + i : 0;
  if (code < HAQ_FORMAT_INTEGER_G32 || code > HAQ_FORMAT_INTEGER_G128) return 0;
  if (bits < least_group_bits || bits >= least_group_bits + group_widths) return 0;
  return plain_count + named_count + 1 + (code - HAQ_FORMAT_INTEGER_G32) * group_widths + bits -
         least_group_bits;
}

/* Reads digits without sign and leading zero; their value, and how many there are. */
static size_t read_bits(const char *text, size_t length, uint32_t *bits) {
  size_t i = 0;
  *bits = 0;
  while (i < length && i < 2 && text[i] >= '0' && text[i] <= '9' && !(i == 0 && text[i] == '0'))
    *bits = *bits * 10 + (uint32_t)(text[i++] - '0');
  return i;
}

/* The number of the format whose name has this many bytes; 0 when there is none. */
static uint32_t read_name(const char *name, size_t length) {
  for (uint32_t i = 0; i < named_count; i++)
    if (strlen(named[i].name) == length && memcmp(named[i].name, name, length) == 0) return plain_count + 1 + i;
  if (length == 4 && memcmp(name, "fp32", 4) == 0) return 32;
  if (length < 4 || memcmp(name, "int", 3) != 0) return 0;
  uint32_t bits;
  const size_t digits = read_bits(name + 3, length - 3, &bits);
  const char *rest = name + 3 + digits;
  const size_t left = length - 3 - digits;
  if (digits == 0) return 0;
  if (left == 0) return bits < 32 ? support_format_of(HAQ_FORMAT_PLAIN, bits) : 0;
  static const char *const groups[] = {"-g32", "-g64", "-g128"};
  for (uint8_t g = 0; g < 3; g++)
    if (strlen(groups[g]) == left && memcmp(groups[g], rest, left) == 0)
      return support_format_of((uint8_t)(HAQ_FORMAT_INTEGER_G32 + g), bits);
  return 0;
}

bool support_read_pair(const char *text, uint32_t *weight, uint32_t *activation) {
  const char *slash = strchr(text, '/');
  if (slash) {
    *weight = read_name(text, (size_t)(slash - text));
    *activation = read_name(slash + 1, strlen(slash + 1));
    return *weight && *activation;
  }
  unsigned w, a;
  int end = 0;
  if (sscanf(text, "w%2ua%2u%n", &w, &a, &end) != 2 || text[end]) return false;
  *weight = support_format_of(HAQ_FORMAT_PLAIN, w);
  *activation = support_format_of(HAQ_FORMAT_PLAIN, a);
  return *weight && *activation;
}

/* Writes the name of a format. */
static void write_name(uint32_t format, char *text, size_t size) {
  if (format == 32) snprintf(text, size, "fp32");
  else if (format <= plain_count) snprintf(text, size, "int%u", format);
  else if (format <= plain_count + named_count) snprintf(text, size, "%s", named[format - plain_count - 1].name);
  else {
    const uint32_t place = format - plain_count - named_count - 1;
    snprintf(text, size, "int%u-g%u", place % group_widths + least_group_bits, 32u << place / group_widths);
  }
}

const char *support_write_pair(uint32_t weight, uint32_t activation, char *text, size_t size) {
  if (weight <= plain_count && activation <= plain_count) {
    snprintf(text, size, "w%ua%u", weight, activation);
  } else {
    char names[2][16];
    write_name(weight, names[0], sizeof names[0]);
    write_name(activation, names[1], sizeof names[1]);
    snprintf(text, size, "%s/%s", names[0], names[1]);
  }
  return text;
}
