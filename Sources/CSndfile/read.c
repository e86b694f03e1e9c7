// What the child process reads, and its start.
#include <math.h>
#include <stdio.h>

#include "csndfile.h"
#include "library.h"

enum { MOST_SECONDS = 20, SPARE_MEMORY = 256 << 20, MOST_CHANNELS = 64, FRAMES = 4096 };

/// The mean of the channels, block after block.
static int copy_samples(SNDFILE *sound, int channels, double most, FILE *output) {
  static float block[FRAMES * MOST_CHANNELS], mono[FRAMES];
  while (most > 0) {
    sf_count_t read = sf_readf_float(sound, block, most < FRAMES ? (sf_count_t)most : FRAMES);
    if (read <= 0) return sf_error(sound) == 0;
    for (sf_count_t frame = 0; frame < read; frame++) {
      float sum = 0;
      for (int channel = 0; channel < channels; channel++) sum += block[frame * channels + channel];
      mono[frame] = sum / (float)channels;
    }
    if (fwrite(mono, sizeof *mono, (size_t)read, output) != (size_t)read) return 0;
    most -= (double)read;
  }
  return 1;
}

typedef struct {
  int file;
  double seconds;
} task;

static int read_file(const void *work, FILE *output) {
  const task *asked = work;
  SF_INFO info = {0};
  csndfile_header header = {0};
  SNDFILE *sound = sf_open_fd(asked->file, SFM_READ, &info, 0);
  header.frames = info.frames > 0 && info.frames < INT64_MAX ? info.frames : -1;
  header.rate = info.samplerate;
  header.channels = info.channels;
  if (!sound) {
    const char *reason = sf_strerror(NULL);
    snprintf(header.reason, sizeof header.reason, "%s", reason && *reason ? reason : "unknown format");
  } else if (info.channels < 1 || info.channels > MOST_CHANNELS) {
    snprintf(header.reason, sizeof header.reason, "%d channels; at most %d are read", info.channels, MOST_CHANNELS);
  }
  if (fwrite(&header, sizeof header, 1, output) != 1) return 0;
  if (header.reason[0] || info.samplerate < 1) return 1;
  return copy_samples(sound, info.channels, ceil(asked->seconds * info.samplerate), output);
}

int csndfile_start(int file, double seconds, cdoors_child *child) {
  task task = {file, seconds};
  return cdoors_start(read_file, &task, (cdoors_limits){MOST_SECONDS, SPARE_MEMORY, file}, child);
}
