/* cut-off: see cut-off.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cut-off.h"

#include "snug-quote.h"

/* Pixels by which roundings differ. */
#define SLACK 1

/* Labels that show what somebody else wrote, by their names in the templates; all those of a quote do, too. */
static const char *const of_others[] = { "sender", "about_text", "chip_subtitle", NULL };

static gboolean
shows_a_name (GtkWidget *label)
{
  const char *id = gtk_buildable_get_buildable_id (GTK_BUILDABLE (label));

  /* In the middle are only names of files, whose ends matter. */
  return gtk_label_get_ellipsize (GTK_LABEL (label)) == PANGO_ELLIPSIZE_MIDDLE
         || (id != NULL && g_strv_contains (of_others, id))
         || gtk_widget_get_ancestor (label, SNUG_TYPE_QUOTE) != NULL;
}

static gboolean
is_cut_short (GtkWidget *widget)
{
  return GTK_IS_LABEL (widget) && !shows_a_name (widget)
         && pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget)));
}

/* By what its inside can be moved sideways. */
static gboolean
scrolls_sideways (GtkWidget *widget)
{
  GtkAdjustment *adjustment;

  if (!GTK_IS_SCROLLED_WINDOW (widget))
    return FALSE;
  adjustment = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (widget));
  return gtk_adjustment_get_upper (adjustment) > gtk_adjustment_get_page_size (adjustment) + SLACK;
}

static const char *
words_of (GtkWidget *widget)
{
  return GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : "";
}

static gboolean
sticks_out (GtkWidget *widget, GtkWidget *window)
{
  if (*words_of (widget) == '\0')
    return FALSE;
  for (GtkWidget *outer = gtk_widget_get_parent (widget); outer != NULL; outer = gtk_widget_get_parent (outer))
    {
      graphene_rect_t bounds;

      if ((outer == window || gtk_widget_get_overflow (outer) == GTK_OVERFLOW_HIDDEN)
          && gtk_widget_compute_bounds (widget, outer, &bounds)
          && (bounds.origin.x < -SLACK
              || bounds.origin.x + bounds.size.width > (float) gtk_widget_get_width (outer) + SLACK))
        return TRUE;
      if (outer == window)
        break;
    }
  return FALSE;
}

static void
look (GtkWidget *widget, GtkWidget *window, GPtrArray *found)
{
  const char *how = is_cut_short (widget) ? "cut short"
                    : scrolls_sideways (widget) ? "scrolls sideways"
                    : sticks_out (widget, window) ? "sticks out" : NULL;

  if (how != NULL)
    g_ptr_array_add (found, g_strdup_printf ("%s: %s “%s”", how, G_OBJECT_TYPE_NAME (widget), words_of (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_mapped (child))
      look (child, window, found);
}

GPtrArray *
find_cut_off (GtkWidget *window, int width)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  /* Without the frame around it. */
  int needed = gtk_widget_get_width (gtk_window_get_child (GTK_WINDOW (window)));

  if (needed > width)
    g_ptr_array_add (found, g_strdup_printf ("needs %d pixels", needed));
  look (window, window, found);
  return found;
}
