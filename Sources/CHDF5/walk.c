// What the child does with libhdf5: lists a file, or reads a dataset.
//
// A listing is a run of records, numbers of 64 bits in the machine's order, texts with their length before them:
//   'G' path                                       a group
//   'D' path type width rank sizes… place          a dataset; place is its offset in the file if its numbers lie there
//                                                  in a row and in our order, else all ones
//   'A' name count texts…                          an attribute of texts, of the last object
//   'E' text                                       why the listing ends here
//   'Z'                                            the end
#include "internal.h"
#include "library.h"

#include <stdlib.h>
#include <string.h>

enum { HEED_DEEPEST = 64, HEED_MOST_OBJECTS = 1000000, HEED_LONGEST_PATH = 4096, HEED_SLAB = 4 << 20 };

static void put_number(FILE *output, uint64_t number) { fwrite(&number, sizeof number, 1, output); }

static void put_text(FILE *output, const char *text, size_t length) {
  put_number(output, length);
  fwrite(text, 1, length, output);
}

static void put_error(FILE *output, const char *what, const char *path) {
  char text[HEED_LONGEST_PATH + 128];
  snprintf(text, sizeof text, "%s%s", what, path);
  fputc('E', output);
  put_text(output, text, strlen(text));
}

// The library is handed the file where it lies: its callbacks for file images copy and free nothing.
typedef struct {
  void *bytes;
} image;

static void *image_malloc(size_t size, H5FD_file_image_op_t operation, void *data) {
  (void)size, (void)operation;
  return ((image *)data)->bytes;
}
static void *image_memcpy(void *to, const void *from, size_t size, H5FD_file_image_op_t operation, void *data) {
  (void)from, (void)size, (void)operation, (void)data;
  return to;
}
static void *image_realloc(void *pointer, size_t size, H5FD_file_image_op_t operation, void *data) {
  (void)pointer, (void)size, (void)operation, (void)data;
  return NULL;
}
static herr_t image_free(void *pointer, H5FD_file_image_op_t operation, void *data) {
  (void)pointer, (void)operation, (void)data;
  return 0;
}
static void *image_data_copy(void *data) { return data; }
static herr_t image_data_free(void *data) {
  (void)data;
  return 0;
}

static hid_t open_file(const chdf5_task *task) {
  static image whole;
  whole.bytes = (void *)(uintptr_t)task->bytes;
  if (!chdf5_load()) return -1;
  h5.H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  // Filters in shared libraries are code that a file could ask for.
  h5.H5PLset_loading_state(0);
  H5FD_file_image_callbacks_t callbacks = {
      image_malloc, image_memcpy, image_realloc, image_free, image_data_copy, image_data_free, &whole};
  hid_t access = h5.H5Pcreate(*h5.file_access_class);
  if (h5.H5Pset_fapl_core(access, 1 << 16, 0) < 0 || h5.H5Pset_file_image_callbacks(access, &callbacks) < 0 ||
      h5.H5Pset_file_image(access, whole.bytes, task->count) < 0)
    return -1;
  return h5.H5Fopen("heed", HEED_READ_ONLY, access);
}

typedef struct {
  FILE *output;
  char path[HEED_LONGEST_PATH];
  size_t length;
  int depth;
  size_t objects;
  // A bit for each place in the file, set where a group has been met.
  uint8_t *groups;
  size_t places;
} walk;

static int has_fields(hid_t type, size_t sign, size_t exponent, size_t exponent_size, size_t mantissa_size) {
  size_t found[5];
  return h5.H5Tget_fields(type, &found[0], &found[1], &found[2], &found[3], &found[4]) >= 0 && found[0] == sign &&
         found[1] == exponent && found[2] == exponent_size && found[3] == 0 && found[4] == mantissa_size &&
         h5.H5Tget_norm(type) == H5T_NORM_IMPLIED && h5.H5Tget_ebias(type) == ((size_t)1 << (exponent_size - 1)) - 1;
}

// The type's name in heed; NULL for one that only Python's objects know.
static const char *type_name(hid_t type) {
  size_t size = h5.H5Tget_size(type);
  switch (h5.H5Tget_class(type)) {
    case H5T_FLOAT:
      if (size == 8 && has_fields(type, 63, 52, 11, 52)) return "F64";
      if (size == 4 && has_fields(type, 31, 23, 8, 23)) return "F32";
      if (size == 2 && has_fields(type, 15, 10, 5, 10)) return "F16";
      if (size == 2 && has_fields(type, 15, 7, 8, 7)) return "BF16";
      return NULL;
    case H5T_INTEGER: {
      int is_signed = h5.H5Tget_sign(type) == H5T_SGN_2;
      if (size > 8 || (size & (size - 1)) || h5.H5Tget_precision(type) != 8 * size) return NULL;
      static const char *names[2][9] = {{[1] = "U8", [2] = "U16", [4] = "U32", [8] = "U64"},
                                        {[1] = "I8", [2] = "I16", [4] = "I32", [8] = "I64"}};
      return names[is_signed][size];
    }
    case H5T_ENUM: return size == 1 ? "BOOL" : NULL;
    case H5T_OPAQUE: return size == 2 ? "V2" : NULL;
    case H5T_STRING: return h5.H5Tis_variable_str(type) > 0 ? NULL : "STRING";
    default: return NULL;
  }
}

// A copy of the file's type in little-endian order, which is how numbers leave this door.
static hid_t memory_type(hid_t type) {
  hid_t memory = h5.H5Tcopy(type);
  H5T_class_t class = h5.H5Tget_class(type);
  if (class == H5T_FLOAT || class == H5T_INTEGER) h5.H5Tset_order(memory, H5T_ORDER_LE);
  return memory;
}

static int put_texts(FILE *output, hid_t attribute, hid_t type, size_t count) {
  if (h5.H5Tis_variable_str(type) > 0) {
    char **texts = calloc(count + 1, sizeof *texts);
    hid_t memory = h5.H5Tcopy(*h5.c_text);
    h5.H5Tset_size(memory, H5T_VARIABLE);
    h5.H5Tset_cset(memory, h5.H5Tget_cset(type));
    if (!texts || h5.H5Aread(attribute, memory, texts) < 0) return 0;
    for (size_t i = 0; i < count; i++) put_text(output, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) : 0);
    return 1;
  }
  size_t size = h5.H5Tget_size(type);
  if (size == 0 || count > ((size_t)1 << 27) / size) return 0;
  char *texts = calloc(count + 1, size);
  if (!texts || h5.H5Aread(attribute, type, texts) < 0) return 0;
  for (size_t i = 0; i < count; i++) put_text(output, texts + i * size, strnlen(texts + i * size, size));
  free(texts);
  return 1;
}

// Attributes of anything but texts are left out.
static herr_t put_attribute(hid_t object, const char *name, const H5A_info_t *info, void *data) {
  (void)info;
  walk *walk = data;
  hid_t attribute = h5.H5Aopen(object, name, H5P_DEFAULT);
  if (attribute < 0) return -1;
  hid_t type = h5.H5Aget_type(attribute), space = h5.H5Aget_space(attribute);
  hssize_t count = h5.H5Sget_simple_extent_npoints(space);
  herr_t result = 0;
  if (h5.H5Tget_class(type) == H5T_STRING && count >= 0 && count <= HEED_MOST_OBJECTS) {
    fputc('A', walk->output);
    put_text(walk->output, name, strlen(name));
    put_number(walk->output, (uint64_t)count);
    result = put_texts(walk->output, attribute, type, (size_t)count) ? 0 : -1;
  }
  h5.H5Sclose(space);
  h5.H5Tclose(type);
  h5.H5Aclose(attribute);
  return result;
}

static int put_attributes(walk *walk, hid_t object) {
  if (h5.H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, put_attribute, walk) >= 0) return 1;
  put_error(walk->output, "the attributes cannot be read of ", walk->path);
  return 0;
}

static int put_dataset(walk *walk, hid_t dataset) {
  hid_t type = h5.H5Dget_type(dataset), space = h5.H5Dget_space(dataset), creation = h5.H5Dget_create_plist(dataset);
  int rank = h5.H5Sget_simple_extent_ndims(space);
  H5D_layout_t layout = h5.H5Pget_layout(creation);
  if (type < 0 || rank < 0 || layout < 0) {
    put_error(walk->output, "the dataset cannot be read: ", walk->path);
    return 0;
  }
  if (layout == H5D_VIRTUAL || h5.H5Pget_external_count(creation) > 0) {
    put_error(walk->output, "numbers in another file are not read: ", walk->path);
    return 0;
  }
  hsize_t sizes[H5S_MAX_RANK];
  h5.H5Sget_simple_extent_dims(space, sizes, NULL);
  const char *name = type_name(type);
  H5T_class_t class = h5.H5Tget_class(type);
  int in_order = h5.H5Tget_size(type) == 1 || (class != H5T_FLOAT && class != H5T_INTEGER) || h5.H5Tget_order(type) == H5T_ORDER_LE;
  haddr_t place = layout == H5D_CONTIGUOUS && in_order ? h5.H5Dget_offset(dataset) : HADDR_UNDEF;
  if (name) {
    fputc('D', walk->output);
    put_text(walk->output, walk->path, walk->length);
    put_text(walk->output, name, strlen(name));
    put_number(walk->output, h5.H5Tget_size(type));
    put_number(walk->output, (uint64_t)rank);
    for (int i = 0; i < rank; i++) put_number(walk->output, sizes[i]);
    put_number(walk->output, place == HADDR_UNDEF ? UINT64_MAX : place);
  }
  h5.H5Pclose(creation);
  h5.H5Sclose(space);
  h5.H5Tclose(type);
  return name ? put_attributes(walk, dataset) : 1;
}

static int put_group(walk *walk, hid_t group);

static herr_t put_link(hid_t group, const char *name, const H5L_info_t *info, void *data) {
  walk *walk = data;
  size_t length = strlen(name), before = walk->length;
  if (walk->length + length + 2 > sizeof walk->path || ++walk->objects > HEED_MOST_OBJECTS) {
    put_error(walk->output, "too many objects, or names too long, below ", walk->path);
    return -1;
  }
  if (before) walk->path[walk->length++] = '/';
  memcpy(walk->path + walk->length, name, length + 1);
  walk->length += length;
  int result = 0;
  if (info->type == H5L_TYPE_HARD) {
    hid_t object = h5.H5Oopen(group, name, H5P_DEFAULT);
    H5I_type_t kind = object < 0 ? H5I_BADID : h5.H5Iget_type(object);
    if (kind == H5I_GROUP) {
      result = put_group(walk, object);
    } else if (kind == H5I_DATASET) {
      result = put_dataset(walk, object);
    } else if (kind == H5I_DATATYPE) {
      result = 1;
    } else {
      put_error(walk->output, "the object cannot be opened: ", walk->path);
    }
    if (object >= 0) h5.H5Oclose(object);
  } else {
    put_error(walk->output, "a link that leads elsewhere is not followed: ", walk->path);
  }
  walk->length = before;
  walk->path[before] = 0;
  return result ? 0 : -1;
}

static int put_group(walk *walk, hid_t group) {
  H5O_info_t info;
  if (h5.H5Oget_info(group, &info) < 0) {
    put_error(walk->output, "the group cannot be read: ", walk->path);
    return 0;
  }
  if (info.addr >= walk->places) {
    put_error(walk->output, "the group lies outside the file: ", walk->path);
    return 0;
  }
  if (walk->groups[info.addr / 8] & 1 << info.addr % 8) {
    put_error(walk->output, "the group is met twice, so groups may go round in a circle: ", walk->path);
    return 0;
  }
  if (walk->depth >= HEED_DEEPEST) {
    put_error(walk->output, "groups are nested too deeply: ", walk->path);
    return 0;
  }
  walk->groups[info.addr / 8] |= 1 << info.addr % 8;
  fputc('G', walk->output);
  put_text(walk->output, walk->path, walk->length);
  if (!put_attributes(walk, group)) return 0;
  walk->depth++;
  herr_t result = h5.H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, put_link, walk);
  walk->depth--;
  return result >= 0;
}

int chdf5_run_list(const void *task, FILE *output) {
  static walk walk;
  walk.output = output;
  if (!chdf5_load()) {
    put_error(output, "the HDF5 library, of the version that heed was built with, is not installed", "");
    return 1;
  }
  walk.places = ((const chdf5_task *)task)->count;
  walk.groups = calloc(walk.places / 8 + 1, 1);
  hid_t file = walk.groups ? open_file(task) : -1;
  hid_t root = file < 0 ? -1 : h5.H5Gopen2(file, "/", H5P_DEFAULT);
  if (root < 0) {
    put_error(output, "the file cannot be opened", "");
    return 1;
  }
  if (put_group(&walk, root)) {
    fputc('Z', output);
  } else {
    put_error(output, "a group cannot be read: ", walk.path);
  }
  return 1;
}

// Rows to read at once: whole chunks, so that none is unpacked twice.
static hsize_t slab_rows(hid_t dataset, int rank, const hsize_t *sizes, size_t width) {
  size_t row = width;
  for (int i = 1; i < rank; i++) row *= sizes[i];
  hsize_t rows = row == 0 || row > HEED_SLAB ? 1 : HEED_SLAB / row, chunk[H5S_MAX_RANK];
  hid_t creation = h5.H5Dget_create_plist(dataset);
  if (h5.H5Pget_layout(creation) == H5D_CHUNKED && h5.H5Pget_chunk(creation, rank, chunk) == rank && chunk[0] > 0)
    rows = rows < chunk[0] ? chunk[0] : rows / chunk[0] * chunk[0];
  h5.H5Pclose(creation);
  return rows;
}

int chdf5_run_read(const void *task, FILE *output) {
  hid_t file = open_file(task);
  hid_t dataset = file < 0 ? -1 : h5.H5Dopen2(file, ((const chdf5_task *)task)->path, H5P_DEFAULT);
  if (dataset < 0) return 0;
  hid_t space = h5.H5Dget_space(dataset), memory = memory_type(h5.H5Dget_type(dataset));
  int rank = h5.H5Sget_simple_extent_ndims(space);
  size_t width = h5.H5Tget_size(memory);
  hsize_t sizes[H5S_MAX_RANK], start[H5S_MAX_RANK] = {0}, part[H5S_MAX_RANK];
  if (rank < 0 || width == 0 || h5.H5Sget_simple_extent_dims(space, sizes, NULL) < 0) return 0;
  if (rank == 0) {
    char *number = calloc(1, width);
    return number && h5.H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, number) >= 0 &&
           fwrite(number, width, 1, output) == 1;
  }
  hsize_t rows = slab_rows(dataset, rank, sizes, width);
  memcpy(part, sizes, sizeof part);
  for (start[0] = 0; start[0] < sizes[0]; start[0] += part[0]) {
    part[0] = sizes[0] - start[0] < rows ? sizes[0] - start[0] : rows;
    size_t length = width;
    for (int i = 0; i < rank; i++) length *= part[i];
    void *numbers = malloc(length + 1);
    hid_t slab = h5.H5Screate_simple(rank, part, NULL);
    if (!numbers || h5.H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, part, NULL) < 0 ||
        h5.H5Dread(dataset, memory, slab, space, H5P_DEFAULT, numbers) < 0 ||
        fwrite(numbers, 1, length, output) != length)
      return 0;
    free(numbers);
    h5.H5Sclose(slab);
  }
  return 1;
}
