#pragma once
// The door to ncurses and to the terminal's signals: one screen on standard input and output, no macros, no globals.
#include <stdbool.h>
#include <stdint.h>

// What a terminal description says, without opening a screen.
typedef struct {
  bool exists;         // there is a description of that name
  bool can_position;   // and it can move the cursor, without which nothing can be drawn
  bool has_rgb;        // colour numbers are red, green and blue
  int colors;          // 0 where it has none
} heed_terminal_description;

heed_terminal_description heed_describe(const char *term, int output);

// Takes the character encoding from the environment. True if it is UTF-8.
bool heed_use_locale(void);
// Whether the locale's encoding has this character.
bool heed_can_encode(uint32_t scalar);
// Columns that the C library, and so ncurses, counts for it; -1 for what cannot be printed.
int heed_columns(uint32_t scalar);

// The window's size in the kernel; false where it is not known.
bool heed_window_size(int output, int *columns, int *rows);

// Opens the screen and remembers how the terminal was. False, with the terminal as it was, if ncurses refuses it.
bool heed_open(const char *term, int columns, int rows, bool mouse, bool color);
// Puts everything back. Harmless when nothing is open.
void heed_close(void);
bool heed_is_open(void);
// Gives the terminal to the shell and takes it again. After taking it the whole screen is sent anew.
void heed_leave(void);
void heed_enter(void);

// Numbers of colour pairs, pair 0 included.
int heed_pair_limit(void);
// Defines a pair; -1 is the terminal's own colour.
void heed_set_pair(int pair, int foreground, int background);

enum { HEED_BOLD = 1, HEED_DIM = 2, HEED_UNDERLINE = 4, HEED_REVERSE = 8 };

void heed_resize(int columns, int rows);
void heed_erase(void);
void heed_redraw_all(void);
// Puts one spacing character and the marks on it. Places outside are ignored.
void heed_put(int column, int row, const uint32_t *scalars, int count, int attributes, int pair);
// Shows the terminal's cursor there, or hides it where column is negative, and sends what has changed.
void heed_flush(int column, int row);

// Signals: from heed_open to heed_close they are kept for heed_next_signal; a crash restores the terminal first.
int heed_next_signal(void);
// Stops the program as the shell expects of Ctrl-Z: `group` stops the whole pipeline. Returns when it goes on.
void heed_stop(void);
void heed_stop_group(void);

// Ends a heed_wait in progress, or the next one. From any thread, at any time.
void heed_wake(void);

enum { HEED_INPUT = 1, HEED_WOKEN = 2 };
// Waits for input or a wake-up; milliseconds -1 is for ever. Returns a mask, 0 after the time is over.
int heed_wait(int milliseconds);
// Reads what has been typed: a count of bytes, 0 if the terminal is gone, -1 if there was nothing after all.
long heed_read(uint8_t *bytes, long count);
