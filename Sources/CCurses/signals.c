// Signals are kept for the event loop; a crash puts the terminal back before it takes its course.
#include "ccurses.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// Kept for the loop, in the order in which it hears of them.
static const int kept[] = {SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT, SIGWINCH};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGQUIT, SIGSYS};
enum { KEPT = sizeof kept / sizeof *kept, FATAL = sizeof fatal / sizeof *fatal };

static struct sigaction kept_before[KEPT], fatal_before[FATAL];
static atomic_int pending[KEPT];
// When a request to end came that the loop has not heard yet; 0 if there is none.
static atomic_long unheard_since;
static bool catching;

// The pipe lives as long as the process, so that a late heed_wake never writes into another file.
static int pipe_ends[2] = {-1, -1};

static struct {
  atomic_bool is_set;
  int descriptor;
  struct termios settings;
  char bytes[HEED_RESTORE_LIMIT];
  size_t count;
} saved;

// MARK: Restoring

void heed_remember_terminal(int descriptor) {
  saved.descriptor = descriptor;
  saved.count = 0;
  if (tcgetattr(descriptor, &saved.settings) == 0) atomic_store(&saved.is_set, true);
}

void heed_remember_restore(const char *bytes, size_t count) {
  if (count > sizeof saved.bytes) return;
  memcpy(saved.bytes, bytes, count);
  saved.count = count;
}

void heed_restore_settings(void) {
  if (atomic_load(&saved.is_set)) tcsetattr(saved.descriptor, TCSAFLUSH, &saved.settings);
}

void heed_forget_terminal(void) { atomic_store(&saved.is_set, false); }

// Only calls that POSIX allows in a signal handler.
static void restore_now(void) {
  if (!atomic_exchange(&saved.is_set, false)) return;
  size_t written = 0;
  while (written < saved.count) {
    ssize_t n = write(saved.descriptor, saved.bytes + written, saved.count - written);
    if (n <= 0) break;
    written += (size_t)n;
  }
  tcsetattr(saved.descriptor, TCSANOW, &saved.settings);
}

// MARK: Handlers

void heed_wake(void) {
  int before = errno;
  // A full pipe wakes as well as a fuller one.
  if (pipe_ends[1] >= 0) (void)!write(pipe_ends[1], "", 1);
  errno = before;
}

static bool ends_program(int signal) { return signal == SIGTERM || signal == SIGHUP || signal == SIGINT; }

// Restores the terminal, then lets the signal do what it would have done before us.
static void die(int signal, const struct sigaction *before) {
  restore_now();
  sigaction(signal, before, NULL);
  raise(signal);
}

static void keep_signal(int signal) {
  int before = errno;
  for (int i = 0; i < KEPT; i++) {
    if (kept[i] != signal) continue;
    if (ends_program(signal)) {
      // A loop that has not listened for two seconds hangs; the second request ends it by force.
      long now = (long)time(NULL), since = atomic_load(&unheard_since);
      if (since != 0 && now - since >= 2) die(signal, &(struct sigaction){.sa_handler = SIG_DFL});
      if (since == 0) atomic_store(&unheard_since, now);
    }
    atomic_store(&pending[i], 1);
  }
  heed_wake();
  errno = before;
}

// A fault goes on to Swift's backtrace where that is on. A signal that somebody sent ends the program: backtraces return in
// the belief that the fault repeats itself.
static void crash(int signal, siginfo_t *info, void *context) {
  (void)context;
  bool is_fault = info && info->si_code > 0;
  for (int i = 0; i < FATAL; i++)
    if (fatal[i] == signal) die(signal, is_fault ? &fatal_before[i] : &(struct sigaction){.sa_handler = SIG_DFL});
}

static void open_pipe(void) {
  if (pipe_ends[0] >= 0 || pipe(pipe_ends) != 0) return;
  for (int i = 0; i < 2; i++) {
    fcntl(pipe_ends[i], F_SETFL, O_NONBLOCK);
    fcntl(pipe_ends[i], F_SETFD, FD_CLOEXEC);
  }
  atexit(restore_now);
}

// A handler with a stack of its own, because a crash may be the end of the stack.
static void give_handlers_a_stack(void) {
  static char stack[64 * 1024];
  stack_t now;
  if (sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_DISABLE))
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
}

void heed_catch_signals(void) {
  if (catching) return;
  open_pipe();
  give_handlers_a_stack();
  for (int i = 0; i < KEPT; i++) {
    atomic_store(&pending[i], 0);
    struct sigaction action = {.sa_handler = keep_signal, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(kept[i], NULL, &kept_before[i]);
    // A request to stop or to hang up that our parent told us to ignore (nohup) stays ignored.
    bool ignored = kept_before[i].sa_handler == SIG_IGN && kept[i] != SIGWINCH && kept[i] != SIGCONT;
    if (!ignored) sigaction(kept[i], &action, NULL);
  }
  for (int i = 0; i < FATAL; i++) {
    struct sigaction action = {.sa_sigaction = crash, .sa_flags = SA_ONSTACK | SA_SIGINFO};
    sigfillset(&action.sa_mask);
    sigaction(fatal[i], NULL, &fatal_before[i]);
    if (fatal_before[i].sa_handler != SIG_IGN) sigaction(fatal[i], &action, NULL);
  }
  atomic_store(&unheard_since, 0);
  catching = true;
}

void heed_release_signals(void) {
  if (!catching) return;
  for (int i = 0; i < KEPT; i++) sigaction(kept[i], &kept_before[i], NULL);
  for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &fatal_before[i], NULL);
  catching = false;
}

// MARK: For the loop

int heed_next_signal(void) {
  for (int i = 0; i < KEPT; i++) {
    if (!atomic_exchange(&pending[i], 0)) continue;
    if (ends_program(kept[i])) atomic_store(&unheard_since, 0);
    return kept[i];
  }
  return 0;
}

void heed_stop(void) {
  struct sigaction ours, plain = {.sa_handler = SIG_DFL};
  sigaction(SIGTSTP, &plain, &ours);
  // To this thread, so that it has taken effect before ours is back; all threads stop.
  raise(SIGTSTP);
  sigaction(SIGTSTP, &ours, NULL);
  // The order to go on has done its work.
  for (int i = 0; i < KEPT; i++)
    if (kept[i] == SIGCONT || kept[i] == SIGTSTP) atomic_store(&pending[i], 0);
}

void heed_stop_group(void) { kill(0, SIGTSTP); }

int heed_wait(int milliseconds) {
  struct pollfd watched[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = pipe_ends[0], .events = POLLIN}};
  int ready = poll(watched, 2, milliseconds);
  if (ready <= 0) return ready < 0 && errno == EINTR ? HEED_WOKEN : 0;
  int mask = watched[0].revents ? HEED_INPUT : 0;
  if (watched[1].revents) {
    char drained[64];
    while (read(pipe_ends[0], drained, sizeof drained) > 0) {
    }
    mask |= HEED_WOKEN;
  }
  return mask;
}

long heed_read(uint8_t *bytes, long count) {
  ssize_t n = read(STDIN_FILENO, bytes, (size_t)count);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return -1;
  return n < 0 ? 0 : n;
}
