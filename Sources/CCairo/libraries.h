// What is used of Cairo 1.16 and Pango 1.50, whose names and numbers are fixed for all of their versions 1.
// From the manuals: https://www.cairographics.org/manual, https://docs.gtk.org/PangoCairo.
#ifndef CCAIRO_LIBRARIES_H
#define CCAIRO_LIBRARIES_H

typedef struct _cairo cairo_t;
typedef struct _cairo_surface cairo_surface_t;
typedef struct _cairo_pattern cairo_pattern_t;
typedef struct _cairo_font_options cairo_font_options_t;
typedef struct _PangoContext PangoContext;
typedef struct _PangoFontMap PangoFontMap;
typedef struct _PangoFontDescription PangoFontDescription;
typedef struct _PangoLayout PangoLayout;
typedef struct {
  int x, y, width, height;
} PangoRectangle;

typedef int cairo_status_t;
typedef cairo_status_t (*cairo_write_func_t)(void *closure, const unsigned char *data, unsigned length);

enum { CAIRO_STATUS_SUCCESS = 0, CAIRO_STATUS_WRITE_ERROR = 11 };
enum { CAIRO_FORMAT_ARGB32 = 0, CAIRO_FORMAT_RGB24 = 1 };
enum { CAIRO_ANTIALIAS_NONE = 1 };
enum { CAIRO_FILTER_NEAREST = 3 };
enum { CAIRO_HINT_STYLE_NONE = 1, CAIRO_HINT_METRICS_OFF = 1 };
enum { CAIRO_PDF_METADATA_TITLE = 0, CAIRO_PDF_METADATA_CREATOR = 4 };
enum { PANGO_SCALE = 1024 };
enum { PANGO_STYLE_ITALIC = 2, PANGO_WEIGHT_BOLD = 700 };
enum { PANGO_WRAP_WORD_CHAR = 2, PANGO_ELLIPSIZE_END = 3 };

/// F(result, name, parameters) for each function.
#define CCAIRO_FUNCTIONS(F)                                                                                           \
  F(cairo_t *, cairo_create, (cairo_surface_t *))                                                                     \
  F(void, cairo_destroy, (cairo_t *))                                                                                 \
  F(cairo_status_t, cairo_status, (cairo_t *))                                                                        \
  F(const char *, cairo_status_to_string, (cairo_status_t))                                                           \
  F(void, cairo_save, (cairo_t *))                                                                                    \
  F(void, cairo_restore, (cairo_t *))                                                                                 \
  F(void, cairo_translate, (cairo_t *, double, double))                                                               \
  F(void, cairo_scale, (cairo_t *, double, double))                                                                   \
  F(void, cairo_rotate, (cairo_t *, double))                                                                          \
  F(void, cairo_move_to, (cairo_t *, double, double))                                                                 \
  F(void, cairo_rectangle, (cairo_t *, double, double, double, double))                                               \
  F(void, cairo_fill, (cairo_t *))                                                                                    \
  F(void, cairo_stroke, (cairo_t *))                                                                                  \
  F(void, cairo_paint, (cairo_t *))                                                                                   \
  F(void, cairo_set_antialias, (cairo_t *, int))                                                                      \
  F(void, cairo_set_line_width, (cairo_t *, double))                                                                  \
  F(void, cairo_set_source_rgb, (cairo_t *, double, double, double))                                                  \
  F(void, cairo_set_source_surface, (cairo_t *, cairo_surface_t *, double, double))                                   \
  F(cairo_pattern_t *, cairo_get_source, (cairo_t *))                                                                 \
  F(void, cairo_pattern_set_filter, (cairo_pattern_t *, int))                                                         \
  F(cairo_surface_t *, cairo_image_surface_create, (int, int, int))                                                   \
  F(unsigned char *, cairo_image_surface_get_data, (cairo_surface_t *))                                               \
  F(int, cairo_image_surface_get_stride, (cairo_surface_t *))                                                         \
  F(void, cairo_surface_flush, (cairo_surface_t *))                                                                   \
  F(void, cairo_surface_mark_dirty, (cairo_surface_t *))                                                              \
  F(void, cairo_surface_finish, (cairo_surface_t *))                                                                  \
  F(void, cairo_surface_destroy, (cairo_surface_t *))                                                                 \
  F(cairo_status_t, cairo_surface_status, (cairo_surface_t *))                                                        \
  F(cairo_status_t, cairo_surface_write_to_png_stream, (cairo_surface_t *, cairo_write_func_t, void *))               \
  F(cairo_surface_t *, cairo_svg_surface_create_for_stream, (cairo_write_func_t, void *, double, double))             \
  F(cairo_surface_t *, cairo_pdf_surface_create_for_stream, (cairo_write_func_t, void *, double, double))             \
  F(void, cairo_pdf_surface_set_metadata, (cairo_surface_t *, int, const char *))                                     \
  F(cairo_font_options_t *, cairo_font_options_create, (void))                                                        \
  F(void, cairo_font_options_destroy, (cairo_font_options_t *))                                                       \
  F(void, cairo_font_options_set_hint_style, (cairo_font_options_t *, int))                                           \
  F(void, cairo_font_options_set_hint_metrics, (cairo_font_options_t *, int))                                         \
  F(void, g_object_unref, (void *))                                                                                   \
  F(PangoFontMap *, pango_cairo_font_map_get_default, (void))                                                         \
  F(PangoContext *, pango_font_map_create_context, (PangoFontMap *))                                                  \
  F(void, pango_cairo_context_set_resolution, (PangoContext *, double))                                               \
  F(void, pango_cairo_context_set_font_options, (PangoContext *, const cairo_font_options_t *))                       \
  F(void, pango_context_set_round_glyph_positions, (PangoContext *, int))                                             \
  F(void, pango_cairo_update_context, (cairo_t *, PangoContext *))                                                    \
  F(void, pango_cairo_show_layout, (cairo_t *, PangoLayout *))                                                        \
  F(PangoFontDescription *, pango_font_description_new, (void))                                                       \
  F(void, pango_font_description_free, (PangoFontDescription *))                                                      \
  F(void, pango_font_description_set_family, (PangoFontDescription *, const char *))                                  \
  F(void, pango_font_description_set_absolute_size, (PangoFontDescription *, double))                                 \
  F(void, pango_font_description_set_style, (PangoFontDescription *, int))                                            \
  F(void, pango_font_description_set_weight, (PangoFontDescription *, int))                                           \
  F(PangoLayout *, pango_layout_new, (PangoContext *))                                                                \
  F(void, pango_layout_set_text, (PangoLayout *, const char *, int))                                                  \
  F(void, pango_layout_set_font_description, (PangoLayout *, const PangoFontDescription *))                           \
  F(void, pango_layout_set_single_paragraph_mode, (PangoLayout *, int))                                               \
  F(void, pango_layout_set_width, (PangoLayout *, int))                                                               \
  F(void, pango_layout_set_wrap, (PangoLayout *, int))                                                                \
  F(void, pango_layout_set_ellipsize, (PangoLayout *, int))                                                           \
  F(void, pango_layout_get_extents, (PangoLayout *, PangoRectangle *, PangoRectangle *))

#endif
