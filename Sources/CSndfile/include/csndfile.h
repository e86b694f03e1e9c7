#pragma once
// A door to libsndfile, which knows WAV, FLAC, Ogg, MP3 and thirty more. The library is opened at run time, since few
// need it, and it reads in a child process, which has the file, a pipe to write to, bounded time and bounded memory: if
// a file breaks it, that is one more error.
#include <stdint.h>
#include <sys/types.h>

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

/// A child process at work. `output` is where its answer is read; it must be ended with csndfile_end.
typedef struct {
  pid_t process;
  int output;
} csndfile_child;

/// Starts to read the open file: a csndfile_header, then floats, the mean of the channels, of at most so many seconds.
/// Returns 0, or the error number of what could not be made.
int csndfile_start(int file, double seconds, csndfile_child *child);

/// Reads what has come: the number of bytes, 0 at the end, or -1.
ssize_t csndfile_receive(const csndfile_child *child, void *bytes, size_t count);

/// Waits for the child's end. Returns whether it had done its work.
int csndfile_end(csndfile_child *child);
