/* What the decoders of this folder share; not part of the module. */
#ifndef IMAGE_FORMATS_H
#define IMAGE_FORMATS_H

#include "image_decoding.h"

/* Writes a sentence, and returns 0. */
int32_t image_failure(char reason[256], const char *text);

/* Memory for `channels` bytes a pixel, or NULL with a reason. */
uint8_t *image_allocate(decoded_image *image, int32_t channels, int64_t most_pixels, char reason[256]);

int32_t decode_bitmap(const uint8_t *bytes, size_t count, int64_t most_pixels, decoded_image *image, char reason[256]);
int32_t decode_tiff(const uint8_t *bytes, size_t count, int64_t most_pixels, decoded_image *image, char reason[256]);

#endif
