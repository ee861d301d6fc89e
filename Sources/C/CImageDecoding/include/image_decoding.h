/* image_decoding.h - image files to rows of RGB bytes, by libjpeg-turbo, libpng, libwebp, libtiff and stb_image.
 *
 * The libraries report errors through long jumps, callbacks and macros; none of that leaves this file. */
#ifndef IMAGE_DECODING_H
#define IMAGE_DECODING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* height rows of width pixels of 3 bytes. */
typedef struct decoded_image {
  uint8_t *rgb;
  int32_t width, height;
} decoded_image;

/* Decodes `count` bytes; alpha is dropped, grey becomes RGB, rotation in Exif data is not applied.
 *
 * Returns 1, and the caller frees `image->rgb` with image_release(). Returns 0 with a sentence in `reason` when the bytes are
 * none of JPEG, PNG, WebP, TIFF, BMP, PPM and PGM, are damaged, or claim more than `most_pixels` pixels. */
int32_t image_decode(const uint8_t *bytes, size_t count, int64_t most_pixels, decoded_image *image, char reason[256]);
void image_release(decoded_image *image);

/* The size that a file claims, by its header alone. Returns 0 where that cannot be read. */
int32_t image_size(const uint8_t *bytes, size_t count, int32_t *width, int32_t *height);

#ifdef __cplusplus
}
#endif
#endif
