// The child process: what it may use, what it reads, and how it ends.
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "csndfile.h"
#include "library.h"

enum { MOST_SECONDS = 20, SPARE_MEMORY = 256 << 20, MOST_DESCRIPTORS = 1024, MOST_CHANNELS = 64, FRAMES = 4096 };

static void limit(int resource, rlim_t value) {
  struct rlimit limits = {value, value};
  setrlimit(resource, &limits);
}

/// Bytes of address space that the process has already, which its limit counts as well; 0 where that is not known.
static rlim_t address_space(void) {
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  if (fscanf(file, "%lu", &pages) != 1) pages = 0;
  fclose(file);
  return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void confine(int file, int output) {
  static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGPIPE, SIGXCPU};
  for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) signal(signals[index], SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  int nowhere = open("/dev/null", O_RDWR);
  for (int descriptor = 0; nowhere >= 0 && descriptor < 3; descriptor++) dup2(nowhere, descriptor);
  for (int descriptor = 3; descriptor < MOST_DESCRIPTORS; descriptor++) {
    if (descriptor != file && descriptor != output) close(descriptor);
  }
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CPU, MOST_SECONDS);
  rlim_t now = address_space();
  if (now) limit(RLIMIT_AS, now + SPARE_MEMORY);
}

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

static int read_file(int file, double seconds, FILE *output) {
  SF_INFO info = {0};
  csndfile_header header = {0};
  SNDFILE *sound = sf_open_fd(file, SFM_READ, &info, 0);
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
  return copy_samples(sound, info.channels, ceil(seconds * info.samplerate), output);
}

int csndfile_start(int file, double seconds, csndfile_child *child) {
  int ends[2];
  if (pipe(ends) != 0) return errno;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  pid_t process = fork();
  if (process < 0) {
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    return error;
  }
  if (process == 0) {
    confine(file, ends[1]);
    FILE *output = fdopen(ends[1], "w");
    int done = output && read_file(file, seconds, output) && fflush(output) == 0;
    // Not exit: what others have registered for the end of the program is not the child's business.
    _exit(done ? 0 : 1);
  }
  close(ends[1]);
  *child = (csndfile_child){process, ends[0]};
  return 0;
}

ssize_t csndfile_receive(const csndfile_child *child, void *bytes, size_t count) {
  ssize_t received;
  do {
    received = read(child->output, bytes, count);
  } while (received < 0 && errno == EINTR);
  return received;
}

int csndfile_end(csndfile_child *child) {
  close(child->output);
  int status = 0;
  pid_t ended;
  do {
    ended = waitpid(child->process, &status, 0);
  } while (ended < 0 && errno == EINTR);
  return ended == child->process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
