// A pool that shares one loop at a time. Waiting threads spin for some microseconds, since the next loop of a decode
// comes that soon, and then park: a spinning loop on a busy machine makes everything ten times slower.
#include "ckernels.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

enum { most = 64, spins = 3000 };

static pthread_mutex_t busy = PTHREAD_MUTEX_INITIALIZER;  // held by the caller whose loop is running
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;  // guards parking
static pthread_cond_t start = PTHREAD_COND_INITIALIZER, finish = PTHREAD_COND_INITIALIZER;

static _Atomic unsigned generation;
static _Atomic int running;   // workers that have not finished this generation
static _Atomic int parked;    // workers that wait on `start`
static _Atomic bool waiting;  // the caller waits on `finish`
static _Atomic int wanted;    // threads asked for; 0 until asked
static int workers;           // started so far; changed only under `busy`
static unsigned first[most + 1];  // the generation in which each worker was started

static struct {
  void (*part)(void *, int);
  void *context;
  int parts, threads;
} job;

static _Thread_local bool inside;

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void run_share(int thread) {
  if (thread >= job.threads) return;  // more workers exist than this loop asked for
  for (int i = thread; i < job.parts; i += job.threads) job.part(job.context, i);
}

static void *work(void *argument) {
  int thread = (int)(intptr_t)argument;
  unsigned seen = first[thread];
  inside = true;
  for (;;) {
    for (int i = 0; i < spins && atomic_load(&generation) == seen; i++) pause_briefly();
    if (atomic_load(&generation) == seen) {
      pthread_mutex_lock(&lock);
      atomic_fetch_add(&parked, 1);
      while (atomic_load(&generation) == seen) pthread_cond_wait(&start, &lock);
      atomic_fetch_sub(&parked, 1);
      pthread_mutex_unlock(&lock);
    }
    seen = atomic_load(&generation);
    run_share(thread);
    if (atomic_fetch_sub(&running, 1) == 1 && atomic_load(&waiting)) {
      pthread_mutex_lock(&lock);
      pthread_cond_signal(&finish);
      pthread_mutex_unlock(&lock);
    }
  }
  return 0;
}

static int cores(void) {
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > most ? most : (int)n;
}

void hk_set_threads(int count) { atomic_store(&wanted, count < 1 ? 1 : count > most ? most : count); }

int hk_threads(void) {
  int n = atomic_load(&wanted);
  return n ? n : cores();
}

// Workers exist once and for all: with fewer threads asked for later, the rest find no share.
static void start_workers(int count) {
  while (workers < count) {
    pthread_t thread;
    first[workers + 1] = atomic_load(&generation);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int failed = pthread_create(&thread, &attributes, work, (void *)(intptr_t)(workers + 1));
    pthread_attr_destroy(&attributes);
    if (failed) return;
    workers++;
  }
}

void hk_run(int parts, void (*part)(void *, int), void *context) {
  int threads = hk_threads();
  if (parts <= 1 || threads <= 1 || inside || pthread_mutex_trylock(&busy)) {
    for (int i = 0; i < parts; i++) part(context, i);
    return;
  }
  start_workers(threads - 1);
  if (workers < threads - 1) threads = workers + 1;
  job.part = part;
  job.context = context;
  job.parts = parts;
  job.threads = threads;
  atomic_store(&waiting, false);
  atomic_store(&running, workers);
  atomic_fetch_add(&generation, 1);
  if (atomic_load(&parked)) {
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&start);
    pthread_mutex_unlock(&lock);
  }
  inside = true;
  run_share(0);
  inside = false;
  for (int i = 0; i < spins && atomic_load(&running); i++) pause_briefly();
  if (atomic_load(&running)) {
    pthread_mutex_lock(&lock);
    atomic_store(&waiting, true);
    while (atomic_load(&running)) pthread_cond_wait(&finish, &lock);
    pthread_mutex_unlock(&lock);
  }
  pthread_mutex_unlock(&busy);
}
