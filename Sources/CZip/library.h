// libzip, whose functions keep their names and parameters over its versions 1.
#pragma once
#include <zip.h>

#define CZIP_FUNCTIONS(F)                                                                                              \
  F(zip_discard)                                                                                                       \
  F(zip_error_fini)                                                                                                    \
  F(zip_error_init)                                                                                                    \
  F(zip_error_strerror)                                                                                                \
  F(zip_fclose)                                                                                                        \
  F(zip_fopen_index)                                                                                                   \
  F(zip_fread)                                                                                                         \
  F(zip_get_error)                                                                                                     \
  F(zip_get_num_entries)                                                                                               \
  F(zip_open_from_source)                                                                                              \
  F(zip_source_free)                                                                                                   \
  F(zip_source_function_create)                                                                                        \
  F(zip_source_make_command_bitmap)                                                                                    \
  F(zip_source_seek_compute_offset)                                                                                    \
  F(zip_stat_index)                                                                                                    \
  F(zip_stat_init)

/// Each function under its name with an underscore behind it.
#define CZIP_DECLARE(name) extern __typeof__(name) *name##_;
CZIP_FUNCTIONS(CZIP_DECLARE)
#undef CZIP_DECLARE
