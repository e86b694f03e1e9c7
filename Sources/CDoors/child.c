// The child process: what it may use, and how it ends.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cdoors.h"

enum { MOST_DESCRIPTORS = 1024 };

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

static void confine(cdoors_limits limits, int output) {
  static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGPIPE, SIGXCPU};
  for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) signal(signals[index], SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  // Above all the pipes of other children, which would not end before this one does.
  for (int descriptor = 3; descriptor < MOST_DESCRIPTORS; descriptor++) {
    if (descriptor != limits.descriptor && descriptor != output) close(descriptor);
  }
  int nowhere = open("/dev/null", O_RDWR);
  for (int descriptor = 0; nowhere >= 0 && descriptor < 3; descriptor++) dup2(nowhere, descriptor);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CPU, limits.seconds);
  rlim_t now = address_space();
  if (now) limit(RLIMIT_AS, now + limits.memory);
}

int cdoors_start(cdoors_work work, const void *task, cdoors_limits limits, cdoors_child *child) {
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
    confine(limits, ends[1]);
    FILE *output = fdopen(ends[1], "w");
    int done = output && work(task, output) && fflush(output) == 0;
    // Not exit: what others have registered for the end of the program is not the child's business.
    _exit(done ? 0 : 1);
  }
  close(ends[1]);
  *child = (cdoors_child){process, ends[0]};
  return 0;
}

ssize_t cdoors_receive(const cdoors_child *child, void *bytes, size_t count) {
  ssize_t received;
  do {
    received = read(child->output, bytes, count);
  } while (received < 0 && errno == EINTR);
  return received;
}

int cdoors_end(cdoors_child *child, int stop) {
  close(child->output);
  if (stop) kill(child->process, SIGKILL);
  int status = 0;
  pid_t ended;
  do {
    ended = waitpid(child->process, &status, 0);
  } while (ended < 0 && errno == EINTR);
  return ended == child->process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
