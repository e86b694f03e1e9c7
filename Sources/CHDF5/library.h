#pragma once
// libhdf5, opened when the first child starts: linked, it and the thirty libraries under it would slow every start of heed.
// Version 1.10's names of functions; later versions have them too.
#define H5_USE_110_API
#if __has_include(<hdf5/serial/hdf5.h>)
#include <hdf5/serial/hdf5.h>
#else
#include <hdf5.h>
#endif

#define HEED_FUNCTIONS(X) \
  X(H5Aclose) \
  X(H5Aget_space) \
  X(H5Aget_type) \
  X(H5Aiterate2) \
  X(H5Aopen) \
  X(H5Aread) \
  X(H5Dget_create_plist) \
  X(H5Dget_offset) \
  X(H5Dget_space) \
  X(H5Dget_type) \
  X(H5Dopen2) \
  X(H5Dread) \
  X(H5Eset_auto2) \
  X(H5Fopen) \
  X(H5Gopen2) \
  X(H5Iget_type) \
  X(H5Literate) \
  X(H5Oclose) \
  X(H5Oget_info) \
  X(H5Oopen) \
  X(H5PLset_loading_state) \
  X(H5Pclose) \
  X(H5Pcreate) \
  X(H5Pget_chunk) \
  X(H5Pget_external_count) \
  X(H5Pget_layout) \
  X(H5Pset_fapl_core) \
  X(H5Pset_file_image) \
  X(H5Pset_file_image_callbacks) \
  X(H5Sclose) \
  X(H5Screate_simple) \
  X(H5Sget_simple_extent_dims) \
  X(H5Sget_simple_extent_ndims) \
  X(H5Sget_simple_extent_npoints) \
  X(H5Sselect_hyperslab) \
  X(H5Tclose) \
  X(H5Tcopy) \
  X(H5Tget_class) \
  X(H5Tget_cset) \
  X(H5Tget_ebias) \
  X(H5Tget_fields) \
  X(H5Tget_norm) \
  X(H5Tget_order) \
  X(H5Tget_precision) \
  X(H5Tget_sign) \
  X(H5Tget_size) \
  X(H5Tis_variable_str) \
  X(H5Tset_cset) \
  X(H5Tset_order) \
  X(H5Tset_size) \
  X(H5dont_atexit) \
  X(H5get_libversion) \
  X(H5open)

#define HEED_FIELD(name) __typeof__(&name) name;
typedef struct {
  HEED_FUNCTIONS(HEED_FIELD)
  // What the headers' macros for a class of properties and for a type stand for.
  const hid_t *file_access_class, *c_text;
} heed_hdf5;

// What H5F_ACC_RDONLY stands for once its checks are taken away.
enum { HEED_READ_ONLY = 0 };

extern heed_hdf5 chdf5_library;
#define h5 chdf5_library

// Opens the library if it is not open yet; 0 if there is none of the version of the headers.
int chdf5_load(void);
