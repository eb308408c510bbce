/* frame-gaps: loaded into a GTK program by LD_PRELOAD, writes how long after one another its frames come.
 *
 * Each window that is presented gets a tick callback, which asks for the next frame all the time: a gap longer than
 * the screen's is time in which the main loop did not come back. SNUG_FRAME_GAPS=FILE gets a line a frame: when it
 * was, in microseconds of CLOCK_MONOTONIC, and how long the main thread had worked until then, which is the same on a
 * machine that has other things to do.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <dlfcn.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <time.h>

static FILE *out;

static gint64
worked_us (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  fprintf (out, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", g_get_monotonic_time (), worked_us ());
  return G_SOURCE_CONTINUE;
}

/* In place of GTK's own, which it calls. */
G_MODULE_EXPORT void
gtk_window_present (GtkWindow *window)
{
  static void (*present) (GtkWindow *window);

  if (present == NULL)
    {
      present = (void (*) (GtkWindow *)) dlsym (RTLD_NEXT, "gtk_window_present");
      out = fopen (g_getenv ("SNUG_FRAME_GAPS"), "we");
      if (out == NULL)
        g_error ("SNUG_FRAME_GAPS names no file that can be written");
      setvbuf (out, NULL, _IOLBF, 0);
      gtk_widget_add_tick_callback (GTK_WIDGET (window), on_tick, NULL, NULL);
    }
  present (window);
}
