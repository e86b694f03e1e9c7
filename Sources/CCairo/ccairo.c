#include "ccairo.h"

#include <math.h>
#include <stdlib.h>

#include "cdoors.h"
#include "libraries.h"

#define DECLARE(result, name, parameters) static result(*name) parameters;
CCAIRO_FUNCTIONS(DECLARE)

const char *ccairo_open(void) {
  // Cairo and GLib come with it, and their functions are found through it.
  static const char *const names[] = {
#ifdef __APPLE__
    "libpangocairo-1.0.0.dylib", "/opt/homebrew/lib/libpangocairo-1.0.0.dylib",
    "/usr/local/lib/libpangocairo-1.0.0.dylib",
#else
    "libpangocairo-1.0.so.0",
#endif
  };
  void *library = cdoors_open_first(names, sizeof names / sizeof *names);
  if (!library) return dlerror();
  CCAIRO_FUNCTIONS(CDOORS_FIND)
  return NULL;
}

// Text

/// Shapes a text for `cairo`, or for nothing but its size if NULL.
static PangoLayout *layout_text(cairo_t *cairo, const char *text, const ccairo_font *font, PangoRectangle *box) {
  PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
  pango_cairo_context_set_resolution(context, 72);
  // Unhinted, so that letters stand alike in every format and at every resolution.
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context, options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(context, false);
  if (cairo) pango_cairo_update_context(cairo, context);

  PangoLayout *layout = pango_layout_new(context);
  g_object_unref(context);
  PangoFontDescription *description = pango_font_description_new();
  pango_font_description_set_family(description, font->family);
  pango_font_description_set_absolute_size(description, font->size * PANGO_SCALE);
  if (font->italic) pango_font_description_set_style(description, PANGO_STYLE_ITALIC);
  if (font->bold) pango_font_description_set_weight(description, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description(layout, description);
  pango_font_description_free(description);
  pango_layout_set_text(layout, text, -1);

  pango_layout_set_single_paragraph_mode(layout, !font->wraps);
  pango_layout_get_extents(layout, NULL, box);
  int widest = (int)fmin(font->widest * PANGO_SCALE, 1 << 30);
  // A width also moves lines that are written from right to left, so it is set only where it must be.
  if (widest > 0 && box->width > widest) {
    pango_layout_set_width(layout, widest);
    if (font->wraps) {
      pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    } else {
      pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    }
    pango_layout_get_extents(layout, NULL, box);
  }
  return layout;
}

void ccairo_measure(const char *text, const ccairo_font *font, double *width, double *height) {
  PangoRectangle box;
  PangoLayout *layout = layout_text(NULL, text, font, &box);
  g_object_unref(layout);
  *width = (double)box.width / PANGO_SCALE;
  *height = (double)box.height / PANGO_SCALE;
}

// The canvas

struct ccairo_canvas {
  ccairo_format format;
  cairo_surface_t *surface;
  cairo_t *cairo;
  ccairo_sink sink;
  void *context;
};

static cairo_status_t write_bytes(void *closure, const unsigned char *data, unsigned length) {
  ccairo_canvas *canvas = closure;
  return canvas->sink(canvas->context, data, length) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

ccairo_canvas *ccairo_create(
  ccairo_format format, double width, double height, double scale, bool opaque, ccairo_sink sink, void *context) {
  ccairo_canvas *canvas = malloc(sizeof *canvas);
  if (!canvas) return NULL;
  *canvas = (ccairo_canvas){.format = format, .sink = sink, .context = context};
  switch (format) {
  case CCAIRO_PNG:
    canvas->surface = cairo_image_surface_create(
      opaque ? CAIRO_FORMAT_RGB24 : CAIRO_FORMAT_ARGB32, (int)lround(width * scale), (int)lround(height * scale));
    break;
  case CCAIRO_SVG: canvas->surface = cairo_svg_surface_create_for_stream(write_bytes, canvas, width, height); break;
  case CCAIRO_PDF: canvas->surface = cairo_pdf_surface_create_for_stream(write_bytes, canvas, width, height); break;
  }
  if (cairo_surface_status(canvas->surface) != CAIRO_STATUS_SUCCESS) {
    cairo_surface_destroy(canvas->surface);
    free(canvas);
    return NULL;
  }
  canvas->cairo = cairo_create(canvas->surface);
  if (format == CCAIRO_PNG) cairo_scale(canvas->cairo, scale, scale);
  return canvas;
}

void ccairo_set_title(ccairo_canvas *canvas, const char *title, const char *creator) {
  if (canvas->format != CCAIRO_PDF) return;
  cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_TITLE, title);
  cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_CREATOR, creator);
}

static void set_color(ccairo_canvas *canvas, uint32_t color) {
  cairo_set_source_rgb(
    canvas->cairo, (color >> 16 & 255) / 255.0, (color >> 8 & 255) / 255.0, (color & 255) / 255.0);
}

void ccairo_fill_rectangle(ccairo_canvas *canvas, double x, double y, double width, double height, uint32_t color) {
  cairo_save(canvas->cairo);
  // Neighbours share an edge: smoothed, the background would shine through it.
  cairo_set_antialias(canvas->cairo, CAIRO_ANTIALIAS_NONE);
  set_color(canvas, color);
  cairo_rectangle(canvas->cairo, x, y, width, height);
  cairo_fill(canvas->cairo);
  cairo_restore(canvas->cairo);
}

void ccairo_stroke_rectangle(
  ccairo_canvas *canvas, double x, double y, double width, double height, double line, uint32_t color) {
  set_color(canvas, color);
  cairo_set_line_width(canvas->cairo, line);
  cairo_rectangle(canvas->cairo, x, y, width, height);
  cairo_stroke(canvas->cairo);
}

void ccairo_fill_grid(
  ccairo_canvas *canvas, double x, double y, double width, double height, const uint32_t *colors, int columns,
  int rows) {
  cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows);
  unsigned char *data = cairo_image_surface_get_data(image);
  if (data) {
    cairo_surface_flush(image);
    for (int row = 0; row < rows; row++) {
      uint32_t *line = (uint32_t *)(data + (size_t)row * (size_t)cairo_image_surface_get_stride(image));
      for (int column = 0; column < columns; column++) line[column] = colors[(size_t)row * (size_t)columns + column];
    }
    cairo_surface_mark_dirty(image);
    cairo_save(canvas->cairo);
    cairo_translate(canvas->cairo, x, y);
    cairo_scale(canvas->cairo, width / columns, height / rows);
    cairo_set_source_surface(canvas->cairo, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(canvas->cairo), CAIRO_FILTER_NEAREST);
    cairo_paint(canvas->cairo);
    cairo_restore(canvas->cairo);
  }
  cairo_surface_destroy(image);
}

void ccairo_draw_text(
  ccairo_canvas *canvas, const char *text, const ccairo_font *font, double x, double y, bool upwards, uint32_t color) {
  cairo_save(canvas->cairo);
  set_color(canvas, color);
  cairo_translate(canvas->cairo, x, y);
  if (upwards) cairo_rotate(canvas->cairo, -M_PI_2);
  PangoRectangle box;
  PangoLayout *layout = layout_text(canvas->cairo, text, font, &box);
  cairo_move_to(canvas->cairo, -(double)box.x / PANGO_SCALE, -(double)box.y / PANGO_SCALE);
  pango_cairo_show_layout(canvas->cairo, layout);
  g_object_unref(layout);
  cairo_restore(canvas->cairo);
}

const char *ccairo_finish(ccairo_canvas *canvas) {
  cairo_status_t status = cairo_status(canvas->cairo);
  cairo_destroy(canvas->cairo);
  if (status == CAIRO_STATUS_SUCCESS && canvas->format == CCAIRO_PNG) {
    status = cairo_surface_write_to_png_stream(canvas->surface, write_bytes, canvas);
  }
  cairo_surface_finish(canvas->surface);
  if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(canvas->surface);
  cairo_surface_destroy(canvas->surface);
  free(canvas);
  return status == CAIRO_STATUS_SUCCESS ? NULL : cairo_status_to_string(status);
}
