// The door to Cairo and Pango: pictures as PNG, SVG and PDF, with text in any script.
//
// The libraries are opened when the first picture is made, not when the program starts: with what they bring they are forty,
// and opening them takes longer than all else that a start does. So heed also runs where they are missing, all but this.
//
// Lengths are points (1/72 inch), y grows downwards, colours are 0xRRGGBB, texts UTF-8 without control characters.
#ifndef CCAIRO_H
#define CCAIRO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Opens the libraries. To be called, from one thread, before anything else here.
/// Returns NULL, or what is missing in the words of the dynamic linker.
const char *ccairo_open(void);

typedef enum { CCAIRO_PNG, CCAIRO_SVG, CCAIRO_PDF } ccairo_format;

typedef struct {
  /// As fontconfig knows it; it also finds the fonts for letters that this family lacks.
  const char *family;
  double size;
  bool bold;
  bool italic;
  /// Longer lines are broken between words, or end in an ellipsis; 0 for no limit.
  double widest;
  bool wraps;
} ccairo_font;

/// The size of a text's box.
void ccairo_measure(const char *text, const ccairo_font *font, double *width, double *height);

/// Takes the bytes of the file in order; false ends the writing.
typedef bool (*ccairo_sink)(void *context, const uint8_t *bytes, size_t count);

typedef struct ccairo_canvas ccairo_canvas;

/// An empty transparent picture; NULL where there is no memory for it.
/// `scale` is the pixels of a point, `opaque` promises a background; both matter to PNG alone.
ccairo_canvas *ccairo_create(
  ccairo_format format, double width, double height, double scale, bool opaque, ccairo_sink sink, void *context);

/// What readers of a PDF are told about it.
void ccairo_set_title(ccairo_canvas *canvas, const char *title, const char *creator);

void ccairo_fill_rectangle(ccairo_canvas *canvas, double x, double y, double width, double height, uint32_t color);

void ccairo_stroke_rectangle(
  ccairo_canvas *canvas, double x, double y, double width, double height, double line, uint32_t color);

/// Fills a rectangle with `columns` x `rows` small ones, given row by row, that nothing smooths.
void ccairo_fill_grid(
  ccairo_canvas *canvas, double x, double y, double width, double height, const uint32_t *colors, int columns, int rows);

/// Draws text whose box has its upper left corner at a point; or, turned to be read upwards, its lower left corner.
void ccairo_draw_text(
  ccairo_canvas *canvas, const char *text, const ccairo_font *font, double x, double y, bool upwards, uint32_t color);

/// Writes the file and frees the canvas. Returns NULL, or what went wrong.
const char *ccairo_finish(ccairo_canvas *canvas);

#endif
