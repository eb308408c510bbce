/* gallery: paints the real window in every scene of the fake session, for people to look at.
 *
 *   gallery FOLDER [--dark] [--rtl] [--width PX] [--height PX] [--scale PERCENT] [--scene NAME]
 *           [--ask] [--nameless] [--scroll] [--words FOLDER] [--cut-off]
 *
 * writes FOLDER/<page>-<number>-<scene>.png. `tests/ui/look` runs it in every style and lays contact sheets. With
 * --ask it waits for a line on standard input before each next scene, after it has printed the
 * name of the one that stands there, for tests that read the tree of the window. --nameless plants
 * a button and a picture without a name, which such a test must find. --scroll turns the list of messages through
 * from its end to its beginning, and prints how long the longest of the frames took, and 99 of 100.
 * --cut-off paints nothing, and prints what of each scene cannot be read whole.
 * It speaks the language of its surroundings where that is installed, or those of --words, where a
 * folder of translations is: without the language in it that is an error.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <libintl.h>
#include <locale.h>
#include <unistd.h>

#include "cut-off.h"
#include "snug-application.h"
#include "snug-config.h"
#include "snug-fake-session.h"
#include "snug-window-private.h"

/* Frames until sizes, revealers and list rows have settled. Animations are off. */
#define SETTLE_FRAMES 6

typedef struct
{
  char       *folder;
  char       *only;         /* one scene */
  char       *words;        /* nullable */
  gboolean    dark;
  gboolean    rtl;
  gboolean    ask;
  gboolean    nameless;
  gboolean    scroll;
  gboolean    cut_off;
  int         width;
  int         height;
  int         scale;

  GtkWindow  *window;       /* borrowed */
  guint       scene;
  guint       n_frames;
  GArray     *gaps_us;      /* owned, nullable: between the frames of --scroll */
  gint64      last_us;
} Gallery;

#define SCROLL_FRAMES 400

/* What stands in front: a scene's dialog, if it has one. The keys' window is there all the time, and not seen. */
static GtkWindow *
front (Gallery *self)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_window_get_transient_for (window) == self->window && gtk_widget_get_visible (GTK_WIDGET (window)))
        return window;   /* the toolkit keeps it */
    }
  return self->window;
}

/* Returns: %FALSE if the window is about to draw itself anew, and has no picture until then. */
static gboolean
paint (Gallery *self, const char *name)
{
  GtkWidget *widget = GTK_WIDGET (front (self));
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *file = g_strdup_printf ("%s/%s-%02u-%s.png", self->folder,
                                           snug_fake_session_get_page (name), self->scene, name);

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_to_node (snapshot);
  if (node == NULL)
    return FALSE;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (widget)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  if (!gdk_texture_save_to_png (texture, file))
    g_error ("cannot write %s", file);
  g_print ("%s\n", name);
  return TRUE;
}

static void
tell_cut_off (Gallery *self, const char *name)
{
  g_autoptr (GPtrArray) found = find_cut_off (GTK_WIDGET (front (self)), self->width);

  for (guint i = 0; i < found->len; i++)
    g_print ("cut off in %s: %s\n", name, (const char *) g_ptr_array_index (found, i));
  g_print ("%s\n", name);
}

static gboolean on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data);

/* What the settings know of an earlier run. */
static void
set_last_room (Gallery *self, SnugApplication *application, const char *scene)
{
  gboolean is_known = g_str_equal (scene, "start-back");

  g_object_set (snug_application_get_settings (application),
                "last-room", is_known ? "https://snug.example.org/?code=BOOK23" : "",
                "last-room-ends", is_known ? G_MAXINT64 : G_GINT64_CONSTANT (0), NULL);
}

/* On a screen that is no larger than the window. */
static void
fit_dialog (Gallery *self)
{
  GtkWindow *dialog = front (self);
  int width, height;

  gtk_window_get_default_size (dialog, &width, &height);
  gtk_window_set_default_size (dialog, MIN (width, self->width), MIN (height, self->height));
}

static void
show_doctor (Gallery *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->window), "room.check-connection", NULL);
  fit_dialog (self);
}

/* Files that are not there, of which one has a name as long as names of photographs and talks are. */
static void
show_to_send (Gallery *self)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) one = g_file_new_for_path ("/home/mira/notes.txt");
  g_autoptr (GFile) other = g_file_new_for_path ("/home/mira/The minutes of the meeting at the lake on the last Sunday of "
                                                 "summer, with all the pictures and the remarks (final, really).pdf");

  g_list_store_append (files, one);
  g_list_store_append (files, other);
  snug_window_ask_send (SNUG_WINDOW (self->window), G_LIST_MODEL (files));
  fit_dialog (self);
}

/* Of a copy that nobody makes, and of one that nobody could. */
static void
show_copy (Gallery *self)
{
  g_autoptr (GFile) to = g_file_new_for_path ("/home/mira/Videos/Sunday at the lake.mkv");
  SnugCopyStrip *strip = SNUG_WINDOW (self->window)->copy_strip;

  snug_copy_strip_show (strip, to, 174000000, 1500000000, 2);
  gtk_widget_set_visible (GTK_WIDGET (strip), TRUE);
  snug_window_complain_for_good (SNUG_WINDOW (self->window),
                                 "Holiday in the mountains (1).mkv could not be saved: No space left on device");
}

/* One that is only worth its time when it is asked for. */
static gboolean
is_wanted (Gallery *self, const char *scene)
{
  return self->only != NULL ? g_str_equal (scene, self->only) : !g_str_equal (scene, "talk-long");
}

/* Returns FALSE after the last. */
static gboolean
play_next (Gallery *self)
{
  SnugApplication *application = SNUG_APPLICATION (gtk_window_get_application (self->window));
  const char *const *scenes = snug_fake_session_get_scenes ();

  while (scenes[self->scene] != NULL && !is_wanted (self, scenes[self->scene]))
    self->scene++;
  if (scenes[self->scene] == NULL)
    return FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s",
                              snug_fake_session_get_page (scenes[self->scene]));
  snug_fake_session_play (snug_application_get_session (application), scenes[self->scene]);
  set_last_room (self, application, scenes[self->scene]);
  if (g_str_equal (scenes[self->scene], "doctor"))
    show_doctor (self);
  gtk_widget_set_visible (GTK_WIDGET (SNUG_WINDOW (self->window)->copy_strip), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (SNUG_WINDOW (self->window)->lasting), FALSE);
  if (g_str_equal (scenes[self->scene], "files-saving"))
    show_copy (self);
  if (g_str_equal (scenes[self->scene], "files-to-send"))
    show_to_send (self);
  self->n_frames = 0;
  return TRUE;
}

static void
go_on (Gallery *self)
{
  if (front (self) != self->window)
    gtk_window_destroy (front (self));
  self->scene++;
  if (play_next (self))
    gtk_widget_add_tick_callback (GTK_WIDGET (front (self)), on_tick, self, NULL);
  else
    gtk_window_destroy (self->window);
}

static gboolean
on_line (GIOChannel *input, GIOCondition condition, gpointer user_data)
{
  g_autofree char *line = NULL;

  g_io_channel_read_line (input, &line, NULL, NULL, NULL);
  go_on (user_data);
  return G_SOURCE_REMOVE;
}

static void
wait_for_line (Gallery *self)
{
  GIOChannel *input = g_io_channel_unix_new (STDIN_FILENO);

  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_line, self);
  g_io_channel_unref (input);
}

/* --- Turning the messages through --- */

static GtkWidget *
find_messages (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_LIST_VIEW (widget) && gtk_widget_has_css_class (widget, "messages") ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_messages (child);
  return found;
}

static int
compare_gaps (gconstpointer a, gconstpointer b)
{
  return (*(const gint64 *) a > *(const gint64 *) b) - (*(const gint64 *) a < *(const gint64 *) b);
}

static void
tell_gaps (GArray *gaps_us)
{
  g_array_sort (gaps_us, compare_gaps);
  g_print ("scroll: %u frames, p50 %.1f ms, p99 %.1f ms, worst %.1f ms\n", gaps_us->len,
           (double) g_array_index (gaps_us, gint64, gaps_us->len / 2) / 1000,
           (double) g_array_index (gaps_us, gint64, gaps_us->len * 99 / 100) / 1000,
           (double) g_array_index (gaps_us, gint64, gaps_us->len - 1) / 1000);
}

static gboolean
on_scroll_frame (GtkWidget *list, GdkFrameClock *clock, gpointer user_data)
{
  Gallery *self = user_data;
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  gint64 now_us = g_get_monotonic_time (), gap_us = now_us - self->last_us;
  double extent = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (self->last_us != 0)
    g_array_append_val (self->gaps_us, gap_us);
  self->last_us = now_us;
  if (self->gaps_us->len == SCROLL_FRAMES)
    {
      tell_gaps (self->gaps_us);
      gtk_window_destroy (self->window);
      return G_SOURCE_REMOVE;
    }
  gtk_adjustment_set_value (adjustment, extent * (1 - (double) self->gaps_us->len / SCROLL_FRAMES));
  return G_SOURCE_CONTINUE;
}

static void
scroll (Gallery *self)
{
  self->gaps_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_add_tick_callback (find_messages (GTK_WIDGET (self->window)), on_scroll_frame, self, NULL);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Gallery *self = user_data;

  if (++self->n_frames < SETTLE_FRAMES)
    return G_SOURCE_CONTINUE;
  if (self->cut_off)
    tell_cut_off (self, snug_fake_session_get_scenes ()[self->scene]);
  else if (!paint (self, snug_fake_session_get_scenes ()[self->scene]))
    return G_SOURCE_CONTINUE;
  if (self->scroll)
    scroll (self);
  else if (self->ask)
    wait_for_line (self);
  else
    go_on (self);
  return G_SOURCE_REMOVE;
}

static void
set_style (Gallery *self)
{
  GtkSettings *settings = gtk_settings_get_default ();

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      self->dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_object_set (settings, "gtk-enable-animations", FALSE, "gtk-font-name", "Cantarell 11",
                "gtk-decoration-layout", self->rtl ? "close:menu" : "menu:close",
                "gtk-xft-dpi", 96 * 1024 * self->scale / 100, "gtk-cursor-blink", FALSE,
                "gtk-hint-font-metrics", TRUE, NULL);
  gtk_widget_set_default_direction (self->rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
}

static gboolean
plant_nameless (GtkWidget *widget)
{
  if (ADW_IS_HEADER_BAR (widget))
    {
      adw_header_bar_pack_end (ADW_HEADER_BAR (widget), gtk_image_new_from_icon_name ("image-missing-symbolic"));
      adw_header_bar_pack_end (ADW_HEADER_BAR (widget),
                               gtk_button_new_from_icon_name ("image-missing-symbolic"));
      return TRUE;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (plant_nameless (child))
      return TRUE;
  return FALSE;
}

static void
on_activate (GApplication *application, Gallery *self)
{
  set_style (self);
  g_object_set (snug_application_get_session (SNUG_APPLICATION (application)), "name", "Mira",
                NULL);
  g_object_set (snug_application_get_settings (SNUG_APPLICATION (application)),
                "width", self->width, "height", self->height, NULL);
  self->window = GTK_WINDOW (snug_window_new (SNUG_APPLICATION (application)));
  if (self->nameless)
    plant_nameless (GTK_WIDGET (self->window));
  gtk_window_present (self->window);
  if (!play_next (self))
    g_error ("there is no scene %s", self->only);
  gtk_widget_add_tick_callback (GTK_WIDGET (front (self)), on_tick, self, NULL);
}

static void
speak (const char *words)
{
  bindtextdomain (SNUG_GETTEXT_PACKAGE, words != NULL ? words : SNUG_LOCALEDIR);
  bind_textdomain_codeset (SNUG_GETTEXT_PACKAGE, "UTF-8");
  textdomain (SNUG_GETTEXT_PACKAGE);
  if (words != NULL && g_str_equal (gettext ("Create Room"), "Create Room"))
    g_error ("the language is not in %s", words);
}

int
main (int argc, char **argv)
{
  Gallery self = { .width = 900, .height = 640, .scale = 100 };
  const GOptionEntry entries[] = {
    { "dark", 0, 0, G_OPTION_ARG_NONE, &self.dark, NULL, NULL },
    { "rtl", 0, 0, G_OPTION_ARG_NONE, &self.rtl, NULL, NULL },
    { "ask", 0, 0, G_OPTION_ARG_NONE, &self.ask, NULL, NULL },
    { "nameless", 0, 0, G_OPTION_ARG_NONE, &self.nameless, NULL, NULL },
    { "scroll", 0, 0, G_OPTION_ARG_NONE, &self.scroll, NULL, NULL },
    { "cut-off", 0, 0, G_OPTION_ARG_NONE, &self.cut_off, NULL, NULL },
    { "width", 0, 0, G_OPTION_ARG_INT, &self.width, NULL, NULL },
    { "height", 0, 0, G_OPTION_ARG_INT, &self.height, NULL, NULL },
    { "scale", 0, 0, G_OPTION_ARG_INT, &self.scale, NULL, NULL },
    { "scene", 0, 0, G_OPTION_ARG_STRING, &self.only, NULL, NULL },
    { "words", 0, 0, G_OPTION_ARG_STRING, &self.words, NULL, NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FOLDER");
  g_autoptr (SnugApplication) application = NULL;
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    g_error ("%s", error != NULL ? error->message : "gallery: name a folder");
  self.folder = argv[1];
  speak (self.words);
  application = snug_application_new ();
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &self);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
