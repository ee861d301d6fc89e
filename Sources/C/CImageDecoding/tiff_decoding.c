/* TIFF by libtiff: the forms that photo programs write, 8 bits a sample or black and white. */
#include "formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

/* A file in memory. */
typedef struct memory_file {
  const uint8_t *bytes;
  toff_t count, place;
} memory_file;

static tmsize_t read_bytes(thandle_t handle, void *buffer, tmsize_t wanted) {
  memory_file *file = (memory_file *)handle;
  if (wanted < 0 || file->place >= file->count) return 0;
  const toff_t left = file->count - file->place;
  const toff_t taken = (toff_t)wanted < left ? (toff_t)wanted : left;
  memcpy(buffer, file->bytes + file->place, (size_t)taken);
  file->place += taken;
  return (tmsize_t)taken;
}

static tmsize_t write_bytes(thandle_t handle, void *buffer, tmsize_t wanted) {
  (void)handle, (void)buffer, (void)wanted;
  return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  memory_file *file = (memory_file *)handle;
  file->place = whence == SEEK_CUR ? file->place + offset : whence == SEEK_END ? file->count + offset : offset;
  return file->place;
}

static int close_file(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size(thandle_t handle) { return ((memory_file *)handle)->count; }

/* The first error says what is wrong; later ones follow from it. */
static int note_error(TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
  (void)tiff, (void)module;
  char *reason = data;
  if (!reason[0]) vsnprintf(reason, 256, format, arguments);
  return 1;
}

static int ignore_warning(TIFF *tiff, void *data, const char *module, const char *format, va_list arguments) {
  (void)tiff, (void)data, (void)module, (void)format, (void)arguments;
  return 1;
}

/* What decides the form of the samples. */
typedef struct form {
  uint16_t bits, samples, photometric, planes, orientation, *palette[3];
} form;

static int is_read(TIFF *tiff, form *f, char reason[256]) {
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &f->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &f->samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &f->planes);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &f->orientation);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &f->photometric)) f->photometric = UINT16_MAX;
  const int grey = f->photometric == PHOTOMETRIC_MINISBLACK || f->photometric == PHOTOMETRIC_MINISWHITE;
  const int colours = f->photometric == PHOTOMETRIC_RGB && f->samples >= 3 && f->samples <= 4 && f->bits == 8;
  const int table = f->photometric == PHOTOMETRIC_PALETTE && f->samples == 1 && f->bits == 8 &&
                    TIFFGetField(tiff, TIFFTAG_COLORMAP, &f->palette[0], &f->palette[1], &f->palette[2]);
  const int greys = grey && ((f->bits == 8 && f->samples <= 2) || (f->bits == 1 && f->samples == 1));
  if ((colours || table || greys) && f->planes == PLANARCONFIG_CONTIG && !TIFFIsTiled(tiff) && f->orientation == 1)
    return 1;
  snprintf(reason, 256,
           "this form of TIFF is not read (%d bits a sample, %d samples a pixel, photometric interpretation %d, "
           "orientation %d%s%s); write it as PNG",
           f->bits, f->samples, f->photometric, f->orientation, f->planes == PLANARCONFIG_CONTIG ? "" : ", in planes",
           TIFFIsTiled(tiff) ? ", in tiles" : "");
  return 0;
}

static void convert(const uint8_t *row, uint8_t *rgb, int32_t width, const form *f) {
  const uint8_t inverted = f->photometric == PHOTOMETRIC_MINISWHITE ? 255 : 0;
  for (int32_t x = 0; x < width; x++, rgb += 3) {
    if (f->photometric == PHOTOMETRIC_RGB) {
      memcpy(rgb, row + (size_t)x * f->samples, 3);
    } else if (f->photometric == PHOTOMETRIC_PALETTE) {
      for (int c = 0; c < 3; c++) rgb[c] = (uint8_t)(f->palette[c][row[x]] >> 8);
    } else {
      const uint8_t value =
          f->bits == 1 ? (row[x / 8] >> (7 - x % 8) & 1 ? 255 : 0) : row[(size_t)x * f->samples];
      memset(rgb, value ^ inverted, 3);
    }
  }
}

static int32_t decode_rows(TIFF *tiff, int64_t most_pixels, decoded_image *image, char reason[256]) {
  uint32_t width = 0, height = 0;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
  form f = {0};
  if (!is_read(tiff, &f, reason)) return 0;
  if (width > INT32_MAX || height > INT32_MAX) return image_failure(reason, "its size is absurd");
  image->width = (int32_t)width;
  image->height = (int32_t)height;
  image->rgb = image_allocate(image, 3, most_pixels, reason);
  if (!image->rgb) return 0;
  const tmsize_t length = TIFFScanlineSize(tiff);
  const uint64_t needed = f.bits == 1 ? ((uint64_t)width + 7) / 8 : (uint64_t)width * f.samples;
  uint8_t *row = length > 0 && (uint64_t)length >= needed ? malloc((size_t)length) : NULL;
  if (!row) return image_failure(reason, "its rows are shorter than its width");
  int32_t succeeded = 1;
  for (uint32_t y = 0; y < height && succeeded; y++) {
    succeeded = TIFFReadScanline(tiff, row, y, 0) == 1;
    if (succeeded) convert(row, image->rgb + (size_t)y * width * 3, image->width, &f);
  }
  free(row);
  return succeeded ? 1 : reason[0] ? 0 : image_failure(reason, "its data is damaged or ends early");
}

int32_t decode_tiff(const uint8_t *bytes, size_t count, int64_t most_pixels, decoded_image *image, char reason[256]) {
  memory_file file = {bytes, count, 0};
  reason[0] = 0;
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return image_failure(reason, "there is no memory to read it");
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)most_pixels * 4);
  TIFFOpenOptionsSetErrorHandlerExtR(options, note_error, reason);
  TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, NULL);
  /* "m": not mapped into memory; it is there already. */
  TIFF *tiff = TIFFClientOpenExt("image", "rm", (thandle_t)&file, read_bytes, write_bytes, seek, close_file, size, NULL,
                                 NULL, options);
  TIFFOpenOptionsFree(options);
  if (!tiff) return reason[0] ? 0 : image_failure(reason, "its TIFF header is damaged");
  const int32_t succeeded = decode_rows(tiff, most_pixels, image, reason);
  TIFFClose(tiff);
  return succeeded;
}
