// The child process: what it may use, and how it ends.
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HEED_LIST_SECONDS = 10, HEED_SPARE_MEMORY = 256 << 20, HEED_MOST_DESCRIPTORS = 1024 };

static void limit(int resource, rlim_t value) {
  struct rlimit limits = {value, value};
  setrlimit(resource, &limits);
}

// Pages that the process has already: the limit counts them as well. 0 where that is not known.
static size_t memory_now(void) {
  size_t pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  if (fscanf(file, "%zu", &pages) != 1) pages = 0;
  fclose(file);
  return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void confine(size_t count) {
  static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGPIPE, SIGXCPU};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  int nowhere = open("/dev/null", O_RDWR);
  if (nowhere >= 0) {
    for (int descriptor = 0; descriptor < 3; descriptor++) dup2(nowhere, descriptor);
  }
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CPU, HEED_LIST_SECONDS + count / 10000000);
  size_t now = memory_now();
  if (now) limit(RLIMIT_AS, now + HEED_SPARE_MEMORY + 4 * count);
}

static int start(chdf5_work work, const void *bytes, size_t count, const char *path, chdf5_child *child) {
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
    // Above all the pipes of other children, which would not end before this one does.
    for (int descriptor = 3; descriptor < HEED_MOST_DESCRIPTORS; descriptor++) {
      if (descriptor != ends[1]) close(descriptor);
    }
    confine(count);
    FILE *output = fdopen(ends[1], "w");
    int done = output && work(bytes, count, path, output) && fflush(output) == 0;
    // Not exit: what others have registered for the end of the program is not the child's business.
    _exit(done ? 0 : 1);
  }
  close(ends[1]);
  *child = (chdf5_child){process, ends[0]};
  return 0;
}

int chdf5_list(const void *bytes, size_t count, chdf5_child *child) {
  return start(chdf5_run_list, bytes, count, NULL, child);
}

int chdf5_read(const void *bytes, size_t count, const char *path, chdf5_child *child) {
  return start(chdf5_run_read, bytes, count, path, child);
}

ssize_t chdf5_receive(const chdf5_child *child, void *bytes, size_t count) {
  ssize_t received;
  do {
    received = read(child->output, bytes, count);
  } while (received < 0 && errno == EINTR);
  return received;
}

int chdf5_end(chdf5_child *child, int stop) {
  close(child->output);
  if (stop) kill(child->process, SIGKILL);
  int status = 0;
  pid_t ended;
  do {
    ended = waitpid(child->process, &status, 0);
  } while (ended < 0 && errno == EINTR);
  return ended == child->process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
