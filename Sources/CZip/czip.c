#include "czip.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"

struct czip_archive {
  const char *bytes;
  uint64_t count;
  /// Where libzip reads next, and where it read last.
  uint64_t position, last_read;
  zip_error_t error;
  zip_t *zip;
  pthread_mutex_t lock;
};

static zip_int64_t serve(void *user, void *data, zip_uint64_t length, zip_source_cmd_t command) {
  czip_archive *archive = user;
  switch (command) {
  case ZIP_SOURCE_SUPPORTS:
    return zip_source_make_command_bitmap_(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                           ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
                                           ZIP_SOURCE_SUPPORTS, -1);
  case ZIP_SOURCE_OPEN: archive->position = 0; return 0;
  case ZIP_SOURCE_READ: {
    uint64_t rest = archive->count - archive->position, read = length < rest ? length : rest;
    memcpy(data, archive->bytes + archive->position, read);
    archive->last_read = archive->position;
    archive->position += read;
    return (zip_int64_t)read;
  }
  case ZIP_SOURCE_SEEK: {
    zip_int64_t place =
        zip_source_seek_compute_offset_(archive->position, archive->count, data, length, &archive->error);
    if (place < 0) return -1;
    archive->position = (uint64_t)place;
    return 0;
  }
  case ZIP_SOURCE_TELL: return (zip_int64_t)archive->position;
  case ZIP_SOURCE_STAT: {
    zip_stat_t *status = data;
    zip_stat_init_(status);
    status->size = archive->count;
    status->valid |= ZIP_STAT_SIZE;
    return sizeof *status;
  }
  case ZIP_SOURCE_ERROR: {
    // As the manual of zip_source_function has it: two numbers.
    int numbers[2] = {archive->error.zip_err, archive->error.sys_err};
    if (length < sizeof numbers) return -1;
    memcpy(data, numbers, sizeof numbers);
    return sizeof numbers;
  }
  case ZIP_SOURCE_CLOSE:
  case ZIP_SOURCE_FREE: return 0;
  default: archive->error.zip_err = ZIP_ER_OPNOTSUPP; return -1;
  }
}

static void say(czip_reason *reason, const char *text) { snprintf(reason->text, sizeof reason->text, "%s", text); }

static void free_archive(czip_archive *archive) {
  zip_error_fini_(&archive->error);
  pthread_mutex_destroy(&archive->lock);
  free(archive);
}

czip_archive *czip_open(const void *bytes, uint64_t count, czip_reason *reason) {
  czip_archive *archive = calloc(1, sizeof *archive);
  if (!archive) {
    say(reason, "out of memory");
    return NULL;
  }
  archive->bytes = bytes;
  archive->count = count;
  zip_error_init_(&archive->error);
  pthread_mutex_init(&archive->lock, NULL);
  zip_error_t error;
  zip_error_init_(&error);
  zip_source_t *source = zip_source_function_create_(serve, archive, &error);
  if (source) archive->zip = zip_open_from_source_(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (!archive->zip) {
    say(reason, zip_error_strerror_(&error));
    if (source) zip_source_free_(source);
    free_archive(archive);
    archive = NULL;
  }
  zip_error_fini_(&error);
  return archive;
}

void czip_close(czip_archive *archive) {
  zip_discard_(archive->zip);
  free_archive(archive);
}

uint64_t czip_count(const czip_archive *archive) { return (uint64_t)zip_get_num_entries_(archive->zip, 0); }

static zip_file_t *open_entry(czip_archive *archive, uint64_t index, zip_flags_t flags, czip_reason *reason) {
  zip_file_t *file = zip_fopen_index_(archive->zip, index, flags);
  if (!file) say(reason, zip_error_strerror_(zip_get_error_(archive->zip)));
  return file;
}

/// Where libzip begins to read the packed bytes of an entry.
static int find_place(czip_archive *archive, uint64_t index, uint64_t *place, czip_reason *reason) {
  zip_file_t *file = open_entry(archive, index, ZIP_FL_COMPRESSED, reason);
  if (!file) return 0;
  char byte;
  int is_read = zip_fread_(file, &byte, 1) == 1;
  if (is_read) *place = archive->last_read;
  else say(reason, "its bytes cannot be read");
  zip_fclose_(file);
  return is_read;
}

int czip_describe(czip_archive *archive, uint64_t index, czip_entry *entry, czip_reason *reason) {
  const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD |
                              ZIP_STAT_ENCRYPTION_METHOD;
  pthread_mutex_lock(&archive->lock);
  zip_stat_t status;
  int is_found = zip_stat_index_(archive->zip, index, ZIP_FL_ENC_RAW, &status) == 0 && (status.valid & needed) == needed;
  if (is_found) {
    *entry = (czip_entry){status.name, status.size,        status.comp_size,
                          0,           status.crc,         status.comp_method,
                          status.encryption_method};
    if (status.comp_size > 0 && status.encryption_method == ZIP_EM_NONE) {
      is_found = find_place(archive, index, &entry->place, reason);
    }
  } else {
    say(reason, zip_error_strerror_(zip_get_error_(archive->zip)));
  }
  pthread_mutex_unlock(&archive->lock);
  return is_found;
}

czip_file *czip_begin_reading(czip_archive *archive, uint64_t index, czip_reason *reason) {
  pthread_mutex_lock(&archive->lock);
  zip_file_t *file = open_entry(archive, index, 0, reason);
  pthread_mutex_unlock(&archive->lock);
  return (czip_file *)file;
}

int64_t czip_read(czip_archive *archive, czip_file *file, void *bytes, uint64_t count) {
  pthread_mutex_lock(&archive->lock);
  uint64_t filled = 0;
  int64_t read = 1;
  while (read > 0 && filled < count) {
    read = zip_fread_((zip_file_t *)file, (char *)bytes + filled, count - filled);
    if (read > 0) filled += (uint64_t)read;
  }
  pthread_mutex_unlock(&archive->lock);
  return read < 0 ? -1 : (int64_t)filled;
}

void czip_end_reading(czip_archive *archive, czip_file *file) {
  pthread_mutex_lock(&archive->lock);
  zip_fclose_((zip_file_t *)file);
  pthread_mutex_unlock(&archive->lock);
}
