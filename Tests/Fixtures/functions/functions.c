/* Bare functions for the tests of ForeignFunctions: each hands back what it was given, so that a wrong width, sign,
 * order or register shows. */
#include <stdint.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* One digit per argument: the sum tells whether each arrived in its place and unharmed. */
EXPORT double mixed(int8_t a, uint8_t b, int16_t c, uint16_t d, int32_t e, uint32_t f, int64_t g, uint64_t h,
                    float i, double j) {
  return a * 1e0 + b * 1e1 + c * 1e2 + d * 1e3 + e * 1e4 + f * 1e5 + (double)g * 1e6 + (double)h * 1e7 +
         (double)i * 1e8 + j * 1e9;
}

EXPORT double negatives(int8_t a, int16_t b, int32_t c, int64_t d, float e, double f) {
  return -(a * 1e0 + b * 1e1 + c * 1e2 + (double)d * 1e3 + (double)e * 1e4 + f * 1e5);
}

EXPORT int8_t as_i8(int64_t x) { return (int8_t)x; }
EXPORT int16_t as_i16(int64_t x) { return (int16_t)x; }
EXPORT int32_t as_i32(int64_t x) { return (int32_t)x; }
EXPORT int64_t as_i64(int64_t x) { return x; }
EXPORT uint8_t as_u8(int64_t x) { return (uint8_t)x; }
EXPORT uint16_t as_u16(int64_t x) { return (uint16_t)x; }
EXPORT uint32_t as_u32(int64_t x) { return (uint32_t)x; }
EXPORT uint64_t as_u64(int64_t x) { return (uint64_t)x; }
EXPORT float as_f32(int64_t x) { return (float)x / 4; }
EXPORT double as_f64(int64_t x) { return (double)x / 4; }

/* Twelve doubles do not fit the registers of any processor we know, so the last ones go over the stack. */
EXPORT double many(double a, double b, double c, double d, double e, double f, double g, double h, double i, double j,
                   double k, double l) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l;
}

EXPORT int32_t written(uint32_t weight_bits, double *cost) {
  if (weight_bits == 7) return -2;
  if (weight_bits != 6) *cost = weight_bits * 0.5;
  return 0;
}

EXPORT void written_silently(double *cost, uint16_t activation_bits) { *cost = activation_bits; }

EXPORT double not_a_number(void) { return __builtin_nan(""); }
EXPORT double negative(void) { return -1; }
EXPORT double infinite(void) { return __builtin_inf(); }
EXPORT double negative_zero(void) { return -0.0; }

/* The process that started the one in which this runs. */
EXPORT double parent_process(void) { return getppid(); }

/* Milliseconds: macs x weight bits x activation bits at so many bit products a millisecond. */
EXPORT double tiny_ms(uint64_t macs, uint32_t weight_bits, uint32_t activation_bits, double products_per_ms) {
  return (double)macs * weight_bits * activation_bits / products_per_ms;
}

/* What layer.* says: one function per field would be many, so the caller chooses by number. */
EXPORT int64_t picked(int32_t which, int64_t index, int64_t kind, int64_t batch, int64_t groups, int64_t in_channels,
                      int64_t out_channels, int64_t in_height, int64_t in_width, int64_t out_height,
                      int64_t out_width, int64_t kernel_height, int64_t kernel_width, int64_t stride_height,
                      int64_t stride_width, int64_t dilation_height, int64_t dilation_width, int64_t padding_top,
                      int64_t padding_left, int64_t padding_bottom, int64_t padding_right, int64_t macs) {
  int64_t all[] = {index,           kind,           batch,         groups,       in_channels,    out_channels,
                   in_height,       in_width,       out_height,    out_width,    kernel_height,  kernel_width,
                   stride_height,   stride_width,   dilation_height, dilation_width, padding_top, padding_left,
                   padding_bottom,  padding_right,  macs};
  return all[which];
}
