/* BMP, PPM and PGM by stb_image, which is a header. */
#include "formats.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_BMP
#define STBI_ONLY_PNM
#define STBI_NO_STDIO
#include <stb/stb_image.h>

/* Where the pixels of a PPM or PGM begin: behind the magic, three numbers with comments between them, and one space. */
static size_t map_start(const uint8_t *bytes, size_t count) {
  size_t at = 2;
  for (int number = 0; number < 3; number++) {
    while (at < count && (isspace(bytes[at]) || bytes[at] == '#')) {
      if (bytes[at] == '#')
        while (at < count && bytes[at] != '\n') at++;
      else
        at++;
    }
    while (at < count && isdigit(bytes[at])) at++;
  }
  return at + 1;
}

static uint32_t little_endian(const uint8_t *bytes, int count) {
  uint32_t value = 0;
  for (int i = count - 1; i >= 0; i--) value = value << 8 | bytes[i];
  return value;
}

/* How long a whole file is; stb_image takes what is missing at its end for black.
 *
 * It reads no compressed BMP; the file has at least its headers. */
static uint64_t whole_size(const uint8_t *bytes, size_t count, uint64_t width, uint64_t height, int channels) {
  if (bytes[0] == 'P') return map_start(bytes, count) + width * height * (uint64_t)channels;
  const int is_old = little_endian(bytes + 14, 4) == 12;
  const uint64_t bits = little_endian(bytes + (is_old ? 24 : 28), 2);
  return little_endian(bytes + 10, 4) + (width * bits + 31) / 32 * 4 * height;
}

int32_t decode_bitmap(const uint8_t *bytes, size_t count, int64_t most_pixels, decoded_image *image,
                      char reason[256]) {
  if (count > INT_MAX) return image_failure(reason, "it is larger than 2 GiB");
  int width, height, channels;
  if (!stbi_info_from_memory(bytes, (int)count, &width, &height, &channels))
    return image_failure(reason, "its header is damaged, or of a form that is not read; write it as PNG");
  if (stbi_is_16_bit_from_memory(bytes, (int)count))
    return image_failure(reason, "it has 16 bits a channel, of which 8 would be lost; write it with 8 bits a channel");
  if (count < 30 || count < whole_size(bytes, count, (uint64_t)width, (uint64_t)height, channels))
    return image_failure(reason, "its data ends early");
  image->width = width;
  image->height = height;
  image->rgb = image_allocate(image, 3, most_pixels, reason);
  if (!image->rgb) return 0;
  uint8_t *pixels = stbi_load_from_memory(bytes, (int)count, &width, &height, &channels, 3);
  if (!pixels) return image_failure(reason, "its data is damaged or ends early");
  memcpy(image->rgb, pixels, (size_t)width * (size_t)height * 3);
  stbi_image_free(pixels);
  return 1;
}
