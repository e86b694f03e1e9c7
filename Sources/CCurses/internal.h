#pragma once
// Shared by the two halves of the door: the screen (screen.c) and the signals (signals.c).
#include <stddef.h>

enum { HEED_RESTORE_LIMIT = 512 };

// Remembers the terminal's settings and the bytes that undo the screen, for use in a signal handler.
void heed_remember_terminal(int descriptor);
void heed_remember_restore(const char *bytes, size_t count);
// Puts the remembered settings back in the ordinary way, after ncurses has ended, dropping unread input.
void heed_restore_settings(void);
void heed_forget_terminal(void);

void heed_catch_signals(void);
void heed_release_signals(void);
