/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-terminal.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli-text.h"

#define ERASE_BELOW "\033[J"
#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MAX_ROWS 8

struct _SnugCliTerminal
{
  GObject            parent_instance;

  /* Owned */
  SnugCliLine       *line;
  GPtrArray         *rows;           /* of char * */
  GArray            *drawn;          /* of guint: columns of each row on the screen */
  char              *question;       /* nullable */
  guint              in_source;
  guint              resize_source;

  SnugCliAnswerFunc  answer_func;
  gpointer           answer_data;    /* borrowed */

  int                in_fd;
  int                out_fd;
  guint              columns;
  guint              height;
  guint              cursor;         /* the column the cursor is in */
  gboolean           utf8;
  gboolean           colors;
  SnugCliCompleteFunc complete_answer;   /* nullable */
  gboolean           asking;
  gboolean           closed;
};

G_DEFINE_FINAL_TYPE (SnugCliTerminal, snug_cli_terminal, G_TYPE_OBJECT)

enum
{
  LINE,
  ENDED,
  RESIZED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What a signal handler needs to give the terminal back: there is one terminal a process. */
static struct
{
  struct termios         before;
  struct termios         ours;
  int                    in_fd;
  int                    out_fd;
  volatile sig_atomic_t  taken;
  volatile sig_atomic_t  was_stopped;    /* others have written below our rows */
} keep;

static const int fatal_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
static struct sigaction fatal_before[G_N_ELEMENTS (fatal_signals)];

/* Async-signal-safe. */
static void
give_back (void)
{
  int saved_errno = errno;

  if (keep.taken)
    {
      keep.taken = 0;
      tcsetattr (keep.in_fd, TCSANOW, &keep.before);
      if (write (keep.out_fd, PASTE_OFF "\r\n", strlen (PASTE_OFF "\r\n")) < 0)
        errno = saved_errno;
    }
  errno = saved_errno;
}

static void
on_fatal_signal (int number)
{
  give_back ();
  /* Back to who was there before us (a sanitizer, or the kernel's core dump), who gets the
   * signal when this handler returns. */
  for (gsize i = 0; i < G_N_ELEMENTS (fatal_signals); i++)
    if (fatal_signals[i] == number)
      sigaction (number, &fatal_before[i], NULL);
  raise (number);
}

/* Ctrl+Z: the shell gets its terminal as it was, and we take it again when we go on. */
static void
on_stop_signal (int number)
{
  int saved_errno = errno;
  gboolean was_taken = keep.taken;

  give_back ();
  raise (SIGSTOP);
  if (was_taken && tcsetattr (keep.in_fd, TCSANOW, &keep.ours) == 0)
    {
      keep.taken = 1;
      if (write (keep.out_fd, PASTE_ON, strlen (PASTE_ON)) < 0)
        errno = saved_errno;
    }
  /* The main loop draws the rows again. */
  keep.was_stopped = 1;
  kill (getpid (), SIGWINCH);
  errno = saved_errno;
}

static void
install_handlers (void)
{
  static gboolean installed = FALSE;
  struct sigaction action = { .sa_handler = on_fatal_signal };

  if (installed)
    return;
  installed = TRUE;
  atexit (give_back);
  sigemptyset (&action.sa_mask);
  for (gsize i = 0; i < G_N_ELEMENTS (fatal_signals); i++)
    sigaction (fatal_signals[i], &action, &fatal_before[i]);
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_RESTART;
  sigaction (SIGTSTP, &action, NULL);
}

/* Character by character, without echo; Ctrl+C and Ctrl+Z still make signals, "\n" still
 * returns. */
static void
take_terminal (SnugCliTerminal *self)
{
  if (tcgetattr (self->in_fd, &keep.before) != 0)
    return;
  keep.ours = keep.before;
  keep.ours.c_lflag &= ~(tcflag_t) (ICANON | ECHO | IEXTEN);
  keep.ours.c_iflag &= ~(tcflag_t) (IXON | ISTRIP);
  keep.ours.c_cc[VMIN] = 1;
  keep.ours.c_cc[VTIME] = 0;
  keep.in_fd = self->in_fd;
  keep.out_fd = self->out_fd;
  install_handlers ();
  if (tcsetattr (self->in_fd, TCSADRAIN, &keep.ours) == 0)
    keep.taken = 1;
}

gboolean
snug_cli_terminal_can_read (int in_fd)
{
  return isatty (in_fd) && tcgetpgrp (in_fd) == getpgrp ();
}

gboolean
snug_cli_terminal_can_write (int out_fd)
{
  const char *term = g_getenv ("TERM");

  return isatty (out_fd) && term != NULL && *term != '\0' && strcmp (term, "dumb") != 0;
}

gboolean
snug_cli_terminal_has_colors (int out_fd)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return snug_cli_terminal_can_write (out_fd) && (no_color == NULL || *no_color == '\0');
}

guint
snug_cli_terminal_width (int out_fd)
{
  struct winsize size;

  return ioctl (out_fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static guint
height_of (int out_fd)
{
  struct winsize size;

  return ioctl (out_fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

static void
write_bytes (SnugCliTerminal *self, const char *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      gssize n = write (self->out_fd, bytes, n_bytes);
      struct pollfd wait = { .fd = self->out_fd, .events = POLLOUT };

      if (n < 0 && errno == EAGAIN)
        poll (&wait, 1, -1);
      else if (n < 0 && errno != EINTR)
        return;
      else if (n > 0)
        {
          bytes += n;
          n_bytes -= (gsize) n;
        }
    }
}

/* One write a change, so that nothing flickers. */
static void
write_text (SnugCliTerminal *self, const char *text)
{
  const char *charset = NULL;
  g_autofree char *converted = NULL;

  if (!g_get_charset (&charset))
    converted = g_convert_with_fallback (text, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
  if (converted != NULL)
    text = converted;
  write_bytes (self, text, strlen (text));
}

/* To the first column of the first row that stays, with nothing from there on. */
static void
append_erase (SnugCliTerminal *self, GString *out)
{
  guint n_up = 0;

  if (self->drawn->len == 0)
    return;
  /* Most terminals fold rows that became too long when the window got narrower. */
  for (guint i = 0; i + 1 < self->drawn->len; i++)
    n_up += MAX (1, (g_array_index (self->drawn, guint, i) + self->columns - 1) / self->columns);
  n_up += self->cursor / self->columns;
  g_string_append_c (out, '\r');
  if (n_up > 0)
    g_string_append_printf (out, "\033[%uA", n_up);
  g_string_append (out, ERASE_BELOW);
  g_array_set_size (self->drawn, 0);
}

static void
append_row (SnugCliTerminal *self, GString *out, const char *row)
{
  g_autofree char *fitted = snug_cli_text_fit (row, self->columns - 1, self->utf8);
  guint width = snug_cli_text_width (fitted);

  if (self->drawn->len > 0)
    g_string_append_c (out, '\n');
  if (self->colors)
    g_string_append_printf (out, "\033[2m%s\033[0m", fitted);
  else
    g_string_append (out, fitted);
  g_array_append_val (self->drawn, width);
  self->cursor = width;
}

static void
append_line (SnugCliTerminal *self, GString *out)
{
  const char *mark = self->asking ? self->question : self->utf8 ? "› " : "> ";
  /* A question may be long; what is typed under it is a word. */
  guint most = self->columns > 24 ? self->columns - 12 : 12;
  g_autofree char *prompt = snug_cli_text_fit_middle (mark, most, self->utf8);
  guint prompt_width = snug_cli_text_width (prompt);
  guint room = self->columns > prompt_width + 5 ? self->columns - prompt_width - 1 : 4;
  guint cursor = 0;
  g_autofree char *view = snug_cli_line_view (self->line, room, &cursor);
  guint width = prompt_width + snug_cli_text_width (view);

  if (self->drawn->len > 0)
    g_string_append_c (out, '\n');
  if (self->colors)
    g_string_append_printf (out, "\033[1m%s\033[0m%s\r", prompt, view);
  else
    g_string_append_printf (out, "%s%s\r", prompt, view);
  g_array_append_val (self->drawn, width);
  self->cursor = prompt_width + cursor;
  if (self->cursor > 0)
    g_string_append_printf (out, "\033[%uC", self->cursor);
}

static void
append_rows (SnugCliTerminal *self, GString *out)
{
  guint most = MIN (MAX_ROWS, self->height > 3 ? self->height - 3 : 0);

  for (guint i = 0; i < MIN (self->rows->len, most); i++)
    append_row (self, out, g_ptr_array_index (self->rows, i));
  if (self->in_fd >= 0)
    append_line (self, out);
}

/* @above: (nullable) lines that scroll. */
static void
draw (SnugCliTerminal *self, const char *above)
{
  g_autoptr (GString) out = g_string_new (NULL);

  append_erase (self, out);
  if (above != NULL)
    g_string_append_printf (out, "%s\n", above);
  if (!self->closed)
    append_rows (self, out);
  write_text (self, out->str);
}

void
snug_cli_terminal_print (SnugCliTerminal *self, const char *text)
{
  draw (self, text);
}

void
snug_cli_terminal_set_rows (SnugCliTerminal *self, const char *const *rows)
{
  guint n_rows = g_strv_length ((char **) rows);
  gboolean same = n_rows == self->rows->len;

  for (guint i = 0; same && i < n_rows; i++)
    same = strcmp (rows[i], g_ptr_array_index (self->rows, i)) == 0;
  if (same)
    return;
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < n_rows; i++)
    g_ptr_array_add (self->rows, g_strdup (rows[i]));
  if (!self->closed)
    draw (self, NULL);
}

/* A question comes up only over an empty line. */
static void
bring_up_question (SnugCliTerminal *self)
{
  if (self->question != NULL && self->in_fd >= 0 && snug_cli_line_is_empty (self->line))
    {
      self->asking = TRUE;
      snug_cli_line_set_completion (self->line, self->complete_answer);
    }
}

void
snug_cli_terminal_ask (SnugCliTerminal *self, const char *question, SnugCliAnswerFunc func,
                       gpointer user_data)
{
  snug_cli_terminal_unask (self);
  self->question = g_strdup (question);
  self->answer_func = func;
  self->answer_data = user_data;
  bring_up_question (self);
  draw (self, NULL);
}

void
snug_cli_terminal_complete_answer (SnugCliTerminal *self, SnugCliCompleteFunc complete)
{
  self->complete_answer = complete;
  snug_cli_line_set_completion (self->line, self->asking ? complete : NULL);
}

void
snug_cli_terminal_unask (SnugCliTerminal *self)
{
  if (self->question == NULL)
    return;
  if (self->asking)
    snug_cli_line_set_text (self->line, "");
  self->asking = FALSE;
  snug_cli_terminal_complete_answer (self, NULL);
  g_clear_pointer (&self->question, g_free);
  draw (self, NULL);
}

void
snug_cli_terminal_offer_text (SnugCliTerminal *self, const char *text)
{
  if (snug_cli_line_is_empty (self->line))
    snug_cli_line_set_text (self->line, text);
  draw (self, NULL);
}

static void
answer (SnugCliTerminal *self, const char *text)
{
  SnugCliAnswerFunc func = self->answer_func;

  snug_cli_terminal_unask (self);
  func (text, self->answer_data);
}

static void
on_line_event (SnugCliLineEvent event, const char *text, gpointer user_data)
{
  SnugCliTerminal *self = user_data;

  if (self->closed)
    return;
  if (event == SNUG_CLI_LINE_ENTERED && self->asking)
    answer (self, text);
  else if (event == SNUG_CLI_LINE_ENTERED)
    {
      snug_cli_line_remember (self->line, text);
      g_signal_emit (self, signals[LINE], 0, text);
    }
  else if (event == SNUG_CLI_LINE_ESCAPED && self->asking)
    answer (self, NULL);
  else if (event == SNUG_CLI_LINE_ENDED)
    g_signal_emit (self, signals[ENDED], 0);
  else if (event == SNUG_CLI_LINE_REDRAW)
    {
      write_text (self, "\033[H\033[2J");
      g_array_set_size (self->drawn, 0);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (SnugCliTerminal) self = g_object_ref (user_data);
  char bytes[4096];
  gssize n = read (fd, bytes, sizeof bytes);

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    {
      self->in_source = 0;
      g_signal_emit (self, signals[ENDED], 0);
      return G_SOURCE_REMOVE;
    }
  snug_cli_line_feed (self->line, bytes, (gsize) n);
  bring_up_question (self);
  if (!self->closed)
    draw (self, NULL);
  return self->in_source != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
measure (SnugCliTerminal *self)
{
  self->columns = MAX (snug_cli_terminal_width (self->out_fd), 8);
  self->height = height_of (self->out_fd);
}

static gboolean
on_resized (gpointer user_data)
{
  SnugCliTerminal *self = user_data;

  measure (self);
  if (keep.was_stopped)
    g_array_set_size (self->drawn, 0);
  keep.was_stopped = 0;
  draw (self, NULL);
  g_signal_emit (self, signals[RESIZED], 0);
  return G_SOURCE_CONTINUE;
}

SnugCliTerminal *
snug_cli_terminal_new (int in_fd, int out_fd)
{
  SnugCliTerminal *self = g_object_new (SNUG_CLI_TYPE_TERMINAL, NULL);

  self->in_fd = in_fd;
  self->out_fd = out_fd;
  self->utf8 = g_get_charset (NULL);
  self->colors = snug_cli_terminal_has_colors (out_fd);
  measure (self);
  self->resize_source = g_unix_signal_add (SIGWINCH, on_resized, self);
  if (in_fd >= 0)
    {
      take_terminal (self);
      write_text (self, PASTE_ON);
      self->in_source = g_unix_fd_add (in_fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
    }
  draw (self, NULL);
  return self;
}

guint
snug_cli_terminal_get_columns (SnugCliTerminal *self)
{
  return self->columns;
}

gboolean
snug_cli_terminal_get_utf8 (SnugCliTerminal *self)
{
  return self->utf8;
}

gboolean
snug_cli_terminal_get_colors (SnugCliTerminal *self)
{
  return self->colors;
}

void
snug_cli_terminal_close (SnugCliTerminal *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  g_clear_handle_id (&self->in_source, g_source_remove);
  g_clear_handle_id (&self->resize_source, g_source_remove);
  draw (self, NULL);
  if (keep.taken)
    {
      keep.taken = 0;
      write_text (self, PASTE_OFF);
      /* What was typed ahead is not the shell's. */
      tcsetattr (keep.in_fd, TCSAFLUSH, &keep.before);
    }
}

static void
snug_cli_terminal_dispose (GObject *object)
{
  SnugCliTerminal *self = SNUG_CLI_TERMINAL (object);

  snug_cli_terminal_close (self);
  G_OBJECT_CLASS (snug_cli_terminal_parent_class)->dispose (object);
}

static void
snug_cli_terminal_finalize (GObject *object)
{
  SnugCliTerminal *self = SNUG_CLI_TERMINAL (object);

  snug_cli_line_free (self->line);
  g_ptr_array_unref (self->rows);
  g_array_unref (self->drawn);
  g_free (self->question);
  G_OBJECT_CLASS (snug_cli_terminal_parent_class)->finalize (object);
}

static void
snug_cli_terminal_class_init (SnugCliTerminalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_cli_terminal_dispose;
  object_class->finalize = snug_cli_terminal_finalize;

  signals[LINE] = g_signal_new ("line", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESIZED] = g_signal_new ("resized", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_cli_terminal_init (SnugCliTerminal *self)
{
  self->line = snug_cli_line_new (on_line_event, self);
  self->rows = g_ptr_array_new_with_free_func (g_free);
  self->drawn = g_array_new (FALSE, FALSE, sizeof (guint));
  self->columns = 80;
  self->height = 24;
  self->in_fd = -1;
  self->out_fd = -1;
}
