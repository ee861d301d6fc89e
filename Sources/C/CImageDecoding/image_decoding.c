#include "formats.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>
#include <webp/decode.h>

int32_t image_failure(char reason[256], const char *text) {
  snprintf(reason, 256, "%s", text);
  return 0;
}

uint8_t *image_allocate(decoded_image *image, int32_t channels, int64_t most_pixels, char reason[256]) {
  if (image->width <= 0 || image->height <= 0 || (int64_t)image->width * image->height > most_pixels) {
    snprintf(reason, 256, "it claims %d x %d pixels; at most %lld are read", image->width, image->height,
             (long long)most_pixels);
    return NULL;
  }
  uint8_t *memory = malloc((size_t)image->width * (size_t)image->height * (size_t)channels);
  if (!memory) image_failure(reason, "there is no memory for its pixels");
  return memory;
}

/* Keeps the first three of four bytes a pixel. */
static void drop_fourth(uint8_t *pixels, size_t count) {
  for (size_t i = 0; i < count; i++) memmove(pixels + 3 * i, pixels + 4 * i, 3);
}

/* Photo programs store the inks of CMYK pictures inverted; each primary is then ink times black over 255. */
static void mix_inks(uint8_t *pixels, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t black = pixels[4 * i + 3];
    for (size_t c = 0; c < 3; c++) pixels[3 * i + c] = (uint8_t)((pixels[4 * i + c] * black + 127) / 255);
  }
}

static int32_t decode_jpeg(const uint8_t *bytes, size_t count, int64_t most_pixels, decoded_image *image,
                           char reason[256]) {
  tjhandle decoder = tjInitDecompress();
  if (!decoder) return image_failure(reason, tjGetErrorStr2(NULL));
  int subsampling, colours, succeeded = 0;
  if (tjDecompressHeader3(decoder, bytes, count, &image->width, &image->height, &subsampling, &colours) == 0) {
    const int inks = colours == TJCS_CMYK || colours == TJCS_YCCK;
    image->rgb = image_allocate(image, inks ? 4 : 3, most_pixels, reason);
    if (image->rgb) {
      succeeded = tjDecompress2(decoder, bytes, count, image->rgb, image->width, 0, image->height,
                                inks ? TJPF_CMYK : TJPF_RGB, TJFLAG_ACCURATEDCT) == 0;
      if (!succeeded) image_failure(reason, tjGetErrorStr2(decoder));
      if (succeeded && inks) mix_inks(image->rgb, (size_t)image->width * (size_t)image->height);
    }
  } else {
    image_failure(reason, tjGetErrorStr2(decoder));
  }
  tjDestroy(decoder);
  return succeeded;
}

static int32_t decode_png(const uint8_t *bytes, size_t count, int64_t most_pixels, decoded_image *image,
                          char reason[256]) {
  png_image png = {.version = PNG_IMAGE_VERSION};
  if (!png_image_begin_read_from_memory(&png, bytes, count)) return image_failure(reason, png.message);
  /* Asking for RGB alone would blend with a background where alpha is not full. */
  png.format = PNG_FORMAT_RGBA;
  /* 16-bit files are taken as the sRGB that nearly all of them are, not as linear light. */
  png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  if (png.width > INT32_MAX || png.height > INT32_MAX) {
    png_image_free(&png);
    return image_failure(reason, "its size is absurd");
  }
  image->width = (int32_t)png.width;
  image->height = (int32_t)png.height;
  image->rgb = image_allocate(image, 4, most_pixels, reason);
  if (!image->rgb) {
    png_image_free(&png);
    return 0;
  }
  if (!png_image_finish_read(&png, NULL, image->rgb, 0, NULL)) return image_failure(reason, png.message);
  drop_fourth(image->rgb, (size_t)image->width * (size_t)image->height);
  return 1;
}

static int32_t decode_webp(const uint8_t *bytes, size_t count, int64_t most_pixels, decoded_image *image,
                           char reason[256]) {
  if (!WebPGetInfo(bytes, count, &image->width, &image->height)) 
    return image_failure(reason, "its WebP header is damaged");
  image->rgb = image_allocate(image, 3, most_pixels, reason);
  if (!image->rgb) return 0;
  const size_t stride = (size_t)image->width * 3;
  if (!WebPDecodeRGBInto(bytes, count, image->rgb, stride * (size_t)image->height, (int)stride))
    return image_failure(reason, "its WebP data is damaged or ends early");
  return 1;
}

int32_t image_decode(const uint8_t *bytes, size_t count, int64_t most_pixels, decoded_image *image,
                     char reason[256]) {
  *image = (decoded_image){0};
  int32_t succeeded;
  if (count >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0)
    succeeded = decode_jpeg(bytes, count, most_pixels, image, reason);
  else if (count >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
    succeeded = decode_png(bytes, count, most_pixels, image, reason);
  else if (count >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0)
    succeeded = decode_webp(bytes, count, most_pixels, image, reason);
  else if (count >= 4 && (memcmp(bytes, "II*\0", 4) == 0 || memcmp(bytes, "MM\0*", 4) == 0))
    succeeded = decode_tiff(bytes, count, most_pixels, image, reason);
  else if (count >= 2 && (memcmp(bytes, "BM", 2) == 0 || memcmp(bytes, "P5", 2) == 0 || memcmp(bytes, "P6", 2) == 0))
    succeeded = decode_bitmap(bytes, count, most_pixels, image, reason);
  else
    succeeded = image_failure(reason, "it is none of JPEG, PNG, WebP, BMP, TIFF, PPM and PGM");
  if (!succeeded) image_release(image);
  return succeeded;
}

int32_t image_size(const uint8_t *bytes, size_t count, int32_t *width, int32_t *height) {
  /* Every decoder sets the size before it asks for memory, which no picture gets here. */
  decoded_image image;
  char reason[256];
  image_decode(bytes, count, 0, &image, reason);
  *width = image.width;
  *height = image.height;
  return image.width > 0 && image.height > 0;
}

void image_release(decoded_image *image) {
  free(image->rgb);
  image->rgb = NULL;
}
