// The screen: what heed asks of ncurses, and nothing else.
#ifdef __APPLE__
#define _XOPEN_SOURCE_EXTENDED 1
#else
#define _GNU_SOURCE 1
#endif
#define NCURSES_WIDECHAR 1

#include "ccurses.h"
#include "internal.h"

#include <curses.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

// term.h takes ordinary words for capabilities.
#undef columns
#undef lines

static SCREEN *screen;
static bool uses_mouse, understands_modes, has_default_colors;

// Bracketed paste, and mouse clicks with coordinates of any size.
static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";
static const char mouse_on[] = "\033[?1000h\033[?1006h", mouse_off[] = "\033[?1006l\033[?1000l";

// MARK: Descriptions and encodings

heed_terminal_description heed_describe(const char *term, int output) {
  heed_terminal_description description = {0};
  int status = 0;
  if (setupterm(term, output, &status) != OK) return description;
  description.exists = true;
  description.can_position = cursor_address != NULL;
  description.has_rgb = tigetflag("RGB") > 0;
  // Not max_colors, whose 16 bits cannot hold the count of true colour.
  int colors = tigetnum("colors");
  description.colors = colors > 0 ? colors : 0;
  del_curterm(cur_term);
  return description;
}

static bool is_utf8(void) { return strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0; }

// What the user asked for, as the C library reads it: the first that is not empty; NULL where nothing is.
static const char *wanted_locale(void) {
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (int i = 0; i < 3; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return value;
  }
  return NULL;
}

bool heed_use_locale(void) {
  if (setlocale(LC_CTYPE, "") && is_utf8()) return true;
  // UTF-8 all the same where that locale is not installed, and where nobody said anything, as in small containers: today's
  // terminals are UTF-8. Who says C or POSIX is believed.
  const char *wanted = wanted_locale();
  if (wanted && !strcasestr(wanted, "utf-8") && !strcasestr(wanted, "utf8")) return false;
  return (setlocale(LC_CTYPE, "C.UTF-8") || setlocale(LC_CTYPE, "en_US.UTF-8")) && is_utf8();
}

bool heed_can_encode(uint32_t scalar) {
  char bytes[MB_LEN_MAX];
  mbstate_t state = {0};
  return wcrtomb(bytes, (wchar_t)scalar, &state) != (size_t)-1;
}

int heed_columns(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

bool heed_window_size(int output, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(output, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return false;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return true;
}

// MARK: Opening and closing

static char restore[HEED_RESTORE_LIMIT];
static size_t restore_count;

static int collect(int byte) {
  if (restore_count < sizeof restore) restore[restore_count++] = (char)byte;
  return byte;
}

static void collect_text(const char *text) {
  while (*text) collect(*text++);
}

static void collect_capability(const char *capability) {
  if (capability) tputs(capability, 1, collect);
}

// What a crash sends: the same as ncurses at its end, composed beforehand.
static void compose_restore(int rows) {
  restore_count = 0;
  if (understands_modes) {
    collect_text(mouse_off);
    collect_text(paste_off);
  }
  collect_capability(exit_attribute_mode);
  collect_capability(orig_pair);
  collect_capability(cursor_normal);
  if (exit_ca_mode) {
    collect_capability(exit_ca_mode);
  } else {
    collect_capability(tparm(cursor_address, rows - 1, 0, 0, 0, 0, 0, 0, 0, 0));
    collect_text("\r\n");
  }
  heed_remember_restore(restore, restore_count);
}

static void send(const char *text) {
  size_t count = strlen(text);
  while (count > 0) {
    ssize_t written = write(STDOUT_FILENO, text, count);
    if (written <= 0) return;
    text += written;
    count -= (size_t)written;
  }
}

static void switch_modes(bool on) {
  if (!understands_modes) return;
  send(on ? paste_on : paste_off);
  if (uses_mouse) send(on ? mouse_on : mouse_off);
}

static void start_colors(bool color) {
  has_default_colors = false;
  if (!color || !has_colors() || start_color() != OK) return;
  has_default_colors = use_default_colors() == OK;
}

bool heed_open(const char *term, int columns, int rows, bool mouse, bool color) {
  if (screen) return false;
  heed_remember_terminal(STDIN_FILENO);
  // Before ncurses, which then leaves the signals alone.
  heed_catch_signals();
  // The size is ours to tell: ncurses would read any number from the environment.
  use_env(FALSE);
#if NCURSES_VERSION_MAJOR >= 6
  // A description without a size, as the Linux console's is, would be refused otherwise.
  use_tioctl(TRUE);
#endif
  screen = newterm((char *)term, stdout, stdin);
  if (!screen) {
    heed_forget_terminal();
    heed_release_signals();
    return false;
  }
  uses_mouse = mouse;
  understands_modes = cursor_address && strncmp(cursor_address, "\033[", 2) == 0;
  compose_restore(rows);
  raw();
  noecho();
  nonl();
  def_prog_mode();
  typeahead(-1);
  start_colors(color);
  resize_term(rows, columns);
  curs_set(0);
  clearok(curscr, TRUE);
  refresh();
  switch_modes(true);
  return true;
}

bool heed_is_open(void) { return screen != NULL; }

void heed_leave(void) {
  if (!screen) return;
  switch_modes(false);
  curs_set(1);
  endwin();
  heed_restore_settings();
}

void heed_enter(void) {
  if (!screen) return;
  reset_prog_mode();
  clearok(curscr, TRUE);
  curs_set(0);
  refresh();
  switch_modes(true);
}

void heed_close(void) {
  if (!screen) return;
  heed_leave();
  heed_forget_terminal();
  heed_release_signals();
  delscreen(screen);
  screen = NULL;
}

// MARK: Colours

int heed_pair_limit(void) {
  if (!has_colors()) return 1;
  // Cells keep pair numbers of 15 bits where ncurses is older.
  return COLOR_PAIRS < 32767 ? COLOR_PAIRS : 32767;
}

void heed_set_pair(int pair, int foreground, int background) {
  if (!has_default_colors) {
    if (foreground < 0) foreground = COLOR_WHITE;
    if (background < 0) background = COLOR_BLACK;
  }
#if defined(NCURSES_EXT_COLORS) && NCURSES_EXT_COLORS
  init_extended_pair(pair, foreground, background);
#else
  init_pair((short)pair, (short)foreground, (short)background);
#endif
}

// MARK: Drawing

void heed_resize(int columns, int rows) {
  resize_term(rows, columns);
  compose_restore(rows);
  clearok(curscr, TRUE);
}

void heed_erase(void) { erase(); }

void heed_redraw_all(void) { clearok(curscr, TRUE); }

static attr_t ncurses_attributes(int attributes) {
  attr_t result = A_NORMAL;
  if (attributes & HEED_BOLD) result |= A_BOLD;
  if (attributes & HEED_DIM) result |= A_DIM;
  if (attributes & HEED_UNDERLINE) result |= A_UNDERLINE;
  if (attributes & HEED_REVERSE) result |= A_REVERSE;
  return result;
}

void heed_put(int column, int row, const uint32_t *scalars, int count, int attributes, int pair) {
  wchar_t text[CCHARW_MAX + 1] = {0};
  for (int i = 0; i < count && i < CCHARW_MAX; i++) text[i] = (wchar_t)scalars[i];
  cchar_t cell;
#if defined(NCURSES_EXT_COLORS) && NCURSES_EXT_COLORS
  void *extended = &pair;
#else
  void *extended = NULL;
#endif
  if (setcchar(&cell, text, ncurses_attributes(attributes), (short)pair, extended) != OK) return;
  // In the last place of the screen the cursor cannot move on, which counts as an error, but the cell is set.
  mvadd_wch(row, column, &cell);
}

void heed_flush(int column, int row) {
  if (column >= 0) move(row, column);
  curs_set(column >= 0 ? 1 : 0);
  refresh();
}
