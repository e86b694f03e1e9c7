#pragma once
// A door to libzip, opened when the first archive is read: linked, it and the libraries under it would slow every start.
//
// Archives are read where they lie in memory. libzip gives no places of entries; the door sees where it reads, and so
// can say where a stored entry's bytes lie, which then need not be copied.
#include <stdint.h>

typedef struct czip_archive czip_archive;
/// An entry that is being read.
typedef struct czip_file czip_file;

/// Opens the library, before anything else here; NULL if it is open, else the loader's reason.
const char *czip_load(void);

/// Why something failed, in libzip's words.
typedef struct {
  char text[160];
} czip_reason;

/// Reads the directory and compares it with the entries' own headers. NULL and the reason, if they do not fit each other.
/// The bytes must stay until czip_close. An archive may be used by several threads at once.
czip_archive *czip_open(const void *bytes, uint64_t count, czip_reason *reason);
void czip_close(czip_archive *archive);

uint64_t czip_count(const czip_archive *archive);

typedef struct {
  /// As the archive has it, in whatever encoding; lives as long as the archive.
  const char *name;
  uint64_t size, packed_size;
  /// Where the packed bytes lie; 0 if there are none.
  uint64_t place;
  uint32_t checksum;
  /// As the format numbers them: 0 is stored, 8 deflate.
  uint16_t method;
  /// Not 0 if it is encrypted.
  uint16_t encryption;
} czip_entry;

/// Returns 1, or 0 and the reason.
int czip_describe(czip_archive *archive, uint64_t index, czip_entry *entry, czip_reason *reason);

/// Begins to unpack an entry; NULL and the reason if that cannot be. It must be ended with czip_end_reading.
czip_file *czip_begin_reading(czip_archive *archive, uint64_t index, czip_reason *reason);
/// The number of bytes that came next, fewer than asked for only at the end, or -1 if they cannot be unpacked or do not
/// have their checksum.
int64_t czip_read(czip_archive *archive, czip_file *file, void *bytes, uint64_t count);
void czip_end_reading(czip_archive *archive, czip_file *file);
