#pragma once
// A door to libsndfile, which knows WAV, FLAC, Ogg, MP3 and thirty more. The library is opened at run time, since few
// need it, and it reads in a child process, which has the file and its output; see cdoors.h.
#include <stdint.h>

#include "cdoors.h"

/// Opens the library; NULL if it is open, else the loader's reason.
const char *csndfile_load(void);

/// What comes first through the pipe.
typedef struct {
  /// Samples of one channel in the whole file; -1 where the file does not say.
  int64_t frames;
  int32_t rate, channels;
  /// Why the library cannot read the file; empty if it can.
  char reason[160];
} csndfile_header;

/// Starts to read the open file: a csndfile_header, then floats, the mean of the channels, of at most so many seconds.
/// Returns 0, or the error number of what could not be made.
int csndfile_start(int file, double seconds, cdoors_child *child);
