/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-files-pane.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-button-words.h"
#include "snug-columns.h"
#include "snug-css-class.h"
#include "snug-entry-row.h"
#include "snug-file-sections.h"
#include "snug-row-focus.h"
#include "snug-transfer-row.h"
#include "snug-unfinished-strip.h"
#include "snug-file-words.h"

/* Of time left; of more nobody wants to know. */
#define MOST_SECONDS (99 * 3600)

struct _SnugFilesPane
{
  AdwBin             parent_instance;

  /* Owned */
  SnugSession       *session;
  SnugFileSections  *sections;
  GPtrArray         *bound;        /* the GtkListItems (borrowed) that stand for rows now */

  guint              restyle;      /* source; 0: none */
  gboolean           at_top;       /* before the change that restyle waits for */
  SnugRowFocus       focus;        /* then, too */

  /* Template */
  GtkStack          *stack;
  AdwStatusPage     *empty;
  GtkButton         *empty_button;
  GtkWidget         *empty_folder_button;
  GtkLabel          *summary;
  GtkWidget         *send_buttons;
  GtkScrolledWindow *scroller;
  GtkListView       *list;
};

G_DEFINE_FINAL_TYPE (SnugFilesPane, snug_files_pane, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SESSION,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static GListModel *
get_rows (SnugFilesPane *self)
{
  return snug_file_sections_get_rows (self->sections);
}

/* --- What is shown besides the rows --- */

/* What is paused does not get less. */
static guint64
bytes_left (SnugTransfer *transfer)
{
  guint64 size = snug_transfer_get_size (transfer);
  guint64 bytes = snug_transfer_get_bytes (transfer);

  return snug_transfer_get_state (transfer) == SNUG_TRANSFER_PAUSED || bytes >= size ? 0 : size - bytes;
}

/* How long it takes is said of several: one row says it of itself. */
static char *
summary_words (guint n_active, double speed, guint64 n_left)
{
  g_autofree char *rate = snug_words_size ((guint64) speed);
  g_autofree char *text = NULL;
  g_autofree char *left = NULL;

  if (n_active == 0)
    return g_strdup (_("Drop files anywhere in the window to send them"));
  if (speed < 1)
    return g_strdup_printf (ngettext ("%u active", "%u active", n_active), n_active);
  text = g_strdup_printf (ngettext ("%u active · %s/s", "%u active · %s/s", n_active), n_active, rate);
  if (n_active == 1)
    return g_steal_pointer (&text);
  left = snug_words_time_left ((int) MIN ((double) n_left / speed, MOST_SECONDS));
  return g_strdup_printf (_("%s · %s"), text, left);
}

static void
update_summary (SnugFilesPane *self)
{
  GListModel *active = snug_file_sections_get_active (self->sections);
  guint n_active = g_list_model_get_n_items (active);
  guint64 n_left = 0;
  double speed = 0;
  g_autofree char *text = NULL;

  for (guint i = 0; i < n_active; i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (active, i);

      speed += snug_transfer_get_speed (transfer);
      n_left += bytes_left (transfer);
    }
  text = summary_words (n_active, speed, n_left);
  gtk_label_set_label (self->summary, text);
}

/* The name goes first and comes last: in between, name and target do not fit each other. */
static void
set_action (GtkButton *button, const char *action, GVariant *target)
{
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), NULL);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
}

static void
update_page (SnugFilesPane *self)
{
  SnugSessionState state = snug_session_get_state (self->session);
  gboolean in_room = state != SNUG_SESSION_EMPTY && state != SNUG_SESSION_FAILED
                     && state != SNUG_SESSION_STARTING;

  adw_status_page_set_title (self->empty,
                             in_room ? _("Drop files here, or paste them") : _("No room yet"));
  adw_status_page_set_description (self->empty,
                                   in_room ? _("Everyone in the room is asked before anything is sent.")
                                           : _("Files go to the people in your room. Open a room or join one first."));
  gtk_widget_set_visible (self->empty_folder_button, in_room);
  gtk_button_set_label (self->empty_button, in_room ? _("Send Files…") : _("Go to Room"));
  if (in_room)
    set_action (self->empty_button, "room.choose-files", NULL);
  else
    set_action (self->empty_button, "win.show-page", g_variant_new_string ("room"));
  gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (get_rows (self)) > 0 ? "files" : "empty");
}

/* --- Rows that look like boxed lists: the first and the last of a section are round --- */

static gboolean
is_heading_at (SnugFilesPane *self, guint position)
{
  g_autoptr (GObject) item = g_list_model_get_item (get_rows (self), position);

  return item == NULL || GTK_IS_STRING_OBJECT (item);
}

static void
show_command (GtkWidget *button, const SnugFileSectionCommand *command)
{
  if (g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), command->action) == 0)
    return;
  gtk_button_set_label (GTK_BUTTON (button), _(command->label));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), command->action);
  if (command->spoken != NULL)
    {
      gtk_widget_set_tooltip_text (button, _(command->spoken));
      snug_accessible_set_label (button, _(command->spoken));
    }
}

/* One needs no counting, and has buttons of its own. */
static void
show_heading (SnugFilesPane *self, GtkListItem *item)
{
  const SnugFileSectionCommand *command = snug_file_sections_get_command (self->sections, gtk_list_item_get_item (item));
  GtkWidget *count = gtk_widget_get_next_sibling (gtk_widget_get_first_child (gtk_list_item_get_child (item)));
  GtkWidget *button = gtk_widget_get_next_sibling (count);
  guint n = snug_file_sections_get_n_below (self->sections, gtk_list_item_get_item (item));
  g_autofree char *text = g_strdup_printf ("%'u", n);

  gtk_label_set_label (GTK_LABEL (count), text);
  gtk_widget_set_visible (count, n > 1);
  if (button != NULL && command != NULL)
    {
      show_command (button, command);
      gtk_widget_set_visible (button, n > 1);
    }
}

static void
style_item (SnugFilesPane *self, GtkListItem *item)
{
  guint position = gtk_list_item_get_position (item);
  GtkWidget *row = gtk_widget_get_parent (gtk_list_item_get_child (item));
  gboolean heading = is_heading_at (self, position);

  if (row == NULL)
    return;
  snug_css_class_set (row, "heading-row", heading);
  snug_css_class_set (row, "transfer-row", !heading);
  snug_css_class_set (row, "first", !heading && is_heading_at (self, position - 1));
  snug_css_class_set (row, "last", !heading && is_heading_at (self, position + 1));
  gtk_widget_set_focusable (row, !heading);
  if (heading)
    show_heading (self, item);
}

/* What can be done with all of a section goes with what one of them does. */
static void
update_headings (SnugFilesPane *self)
{
  for (guint i = 0; i < self->bound->len; i++)
    if (GTK_IS_STRING_OBJECT (gtk_list_item_get_item (self->bound->pdata[i])))
      show_heading (self, self->bound->pdata[i]);
}

/* The sections were told before. */
static void
on_transfers_changed (GListModel *transfers, guint position, guint n_removed, guint n_added,
                      SnugFilesPane *self)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      g_signal_connect_object (transfer, "notify::state", G_CALLBACK (update_summary), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (transfer, "notify::state", G_CALLBACK (update_headings), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (transfer, "notify::speed", G_CALLBACK (update_summary), self,
                               G_CONNECT_SWAPPED);
    }
  update_summary (self);
  update_page (self);
}

/* The last row leaves the pane empty. */
static void
give_focus_back (SnugFilesPane *self)
{
  guint position;

  if (!snug_row_focus_is_lost (&self->focus))
    return;
  position = snug_row_focus_find (&self->focus, get_rows (self));
  if (position == GTK_INVALID_LIST_POSITION)
    {
      snug_row_focus_clear (&self->focus);
      gtk_widget_grab_focus (GTK_WIDGET (self->empty_button));
    }
  else if (!snug_row_focus_give (&self->focus, self->bound, position))
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

static gboolean
on_restyle (gpointer user_data)
{
  SnugFilesPane *self = user_data;

  self->restyle = 0;
  if (self->at_top && g_list_model_get_n_items (get_rows (self)) > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", 0);
  self->at_top = FALSE;
  for (guint i = 0; i < self->bound->len; i++)
    style_item (self, self->bound->pdata[i]);
  give_focus_back (self);
  return G_SOURCE_REMOVE;
}

/* Before the next frame, once for all changes of this turn. Whoever looks at the top sees what
 * comes in there; a list keeps the row in place that stood there before. */
static void
on_rows_changed (SnugFilesPane *self)
{
  if (self->restyle != 0)
    return;
  self->at_top = gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (self->scroller)) <= 0;
  snug_row_focus_remember (&self->focus, GTK_WIDGET (self->list), self->bound);
  self->restyle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_restyle, self, NULL);
}

/* @command: (nullable) */
static GtkWidget *
heading_new (const char *text, const SnugFileSectionCommand *command)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *count = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), count);
  if (command != NULL)
    {
      GtkWidget *button = gtk_button_new ();

      show_command (button, command);
      gtk_widget_add_css_class (button, "flat");
      gtk_box_append (GTK_BOX (box), button);
    }
  return box;
}

static void
bind_line (GtkListItem *item, SnugFolderLine *line)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (row == NULL || !SNUG_IS_ENTRY_ROW (row))
    gtk_list_item_set_child (item, row = GTK_WIDGET (snug_entry_row_new ()));
  snug_entry_row_set_line (SNUG_ENTRY_ROW (row), line);
}

static void
bind_transfer (SnugFilesPane *self, GtkListItem *item, SnugTransfer *transfer)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (row == NULL || !SNUG_IS_TRANSFER_ROW (row))
    gtk_list_item_set_child (item, row = snug_transfer_row_new (NULL));
  snug_transfer_row_set_transfer (SNUG_TRANSFER_ROW (row), transfer);
  snug_transfer_row_show_expanded (SNUG_TRANSFER_ROW (row), snug_file_sections_is_open (self->sections, transfer));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, SnugFilesPane *self)
{
  GObject *object = gtk_list_item_get_item (item);

  gtk_list_item_set_activatable (item, FALSE);
  if (GTK_IS_STRING_OBJECT (object))
    {
      const char *text = gtk_string_object_get_string (GTK_STRING_OBJECT (object));
      GtkWidget *heading = heading_new (text, snug_file_sections_get_command (self->sections, object));

      gtk_list_item_set_child (item, heading);
      snug_accessible_set_label (gtk_widget_get_parent (heading), text);
    }
  else if (SNUG_IS_FOLDER_LINE (object))
    bind_line (item, SNUG_FOLDER_LINE (object));
  else
    bind_transfer (self, item, SNUG_TRANSFER (object));
  g_ptr_array_add (self->bound, item);
  style_item (self, item);
  /* It was scrolled to for this. */
  if (self->focus.item != NULL && self->restyle == 0)
    self->restyle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_restyle, self, NULL);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, SnugFilesPane *self)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  g_ptr_array_remove_fast (self->bound, item);
  if (SNUG_IS_TRANSFER_ROW (row))
    snug_transfer_row_set_transfer (SNUG_TRANSFER_ROW (row), NULL);
  else if (SNUG_IS_ENTRY_ROW (row))
    snug_entry_row_set_line (SNUG_ENTRY_ROW (row), NULL);
}

/* --- Opening a folder --- */

static void
set_open (SnugFilesPane *self, SnugTransfer *transfer, gboolean open)
{
  for (guint i = 0; i < self->bound->len; i++)
    if (gtk_list_item_get_item (self->bound->pdata[i]) == transfer)
      snug_transfer_row_show_expanded (SNUG_TRANSFER_ROW (gtk_list_item_get_child (self->bound->pdata[i])), open);
  snug_file_sections_set_open (self->sections, transfer, open);
}

static void
on_toggle_contents (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugFilesPane *self = SNUG_FILES_PANE (widget);
  SnugTransfer *transfer = snug_file_sections_find (self->sections, g_variant_get_string (parameter, NULL));

  if (transfer != NULL)
    set_open (self, transfer, !snug_file_sections_is_open (self->sections, transfer));
}

/* --- Keys --- */

/* The row that has the focus, or has it somewhere inside. */
static SnugTransferRow *
focused_row (SnugFilesPane *self, gboolean *itself)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *below = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;
  GtkWidget *above = focus != NULL ? gtk_widget_get_ancestor (focus, SNUG_TYPE_TRANSFER_ROW) : NULL;

  *itself = below != NULL && SNUG_IS_TRANSFER_ROW (below);
  if (*itself)
    return SNUG_TRANSFER_ROW (below);
  return above != NULL ? SNUG_TRANSFER_ROW (above) : NULL;
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller, guint keyval, guint keycode,
                GdkModifierType state, SnugFilesPane *self)
{
  gboolean itself;
  SnugTransferRow *row = focused_row (self, &itself);
  const char *action = NULL;

  if (row == NULL || (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  if (itself && (keyval == GDK_KEY_Left || keyval == GDK_KEY_Right))
    {
      gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

      set_open (self, snug_transfer_row_get_transfer (row), (keyval == GDK_KEY_Right) != mirrored);
      return GDK_EVENT_STOP;
    }
  /* Space on a button presses that button. */
  if (keyval == GDK_KEY_space && itself)
    action = snug_transfer_row_get_space_action (row);
  else if (keyval == GDK_KEY_Delete)
    action = snug_transfer_row_get_delete_action (row);
  if (action == NULL)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_activate_action (GTK_WIDGET (self), action, "s",
                              snug_transfer_get_id (snug_transfer_row_get_transfer (row)));
  return GDK_EVENT_STOP;
}

/* --- Life --- */

/* We hear of a change before the list does: what it looks like then is what it was. */
static void
show_rows (SnugFilesPane *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkNoSelection *model;

  g_signal_connect_object (get_rows (self), "items-changed", G_CALLBACK (on_rows_changed), self, G_CONNECT_SWAPPED);
  model = gtk_no_selection_new (g_object_ref (get_rows (self)));
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (model));
  g_object_unref (factory);
  g_object_unref (model);
}

/* What is said of them stands above the page, whose buttons a large picture would push out of sight. */
static void
on_unfinished_changed (SnugFilesPane *self)
{
  snug_css_class_set (GTK_WIDGET (self), "short",
                      g_list_model_get_n_items (snug_session_get_unfinished (self->session)) > 0);
}

static void
watch_session (SnugFilesPane *self)
{
  GListModel *transfers = snug_session_get_transfers (self->session);

  g_signal_connect_object (snug_session_get_unfinished (self->session), "items-changed",
                           G_CALLBACK (on_unfinished_changed), self, G_CONNECT_SWAPPED);
  on_unfinished_changed (self);
  self->sections = snug_file_sections_new (self->session);
  show_rows (self);
  g_signal_connect_object (self->session, "notify::state", G_CALLBACK (update_page), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (transfers, "items-changed", G_CALLBACK (on_transfers_changed), self, 0);
  on_transfers_changed (transfers, 0, 0, g_list_model_get_n_items (transfers), self);
}

static void
snug_files_pane_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_SESSION)
    g_value_set_object (value, SNUG_FILES_PANE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
snug_files_pane_set_property (GObject *object, guint prop_id, const GValue *value,
                              GParamSpec *pspec)
{
  SnugFilesPane *self = SNUG_FILES_PANE (object);

  if (prop_id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  else if (g_set_object (&self->session, g_value_get_object (value)) && self->session != NULL)
    watch_session (self);
}

static void
snug_files_pane_dispose (GObject *object)
{
  SnugFilesPane *self = SNUG_FILES_PANE (object);

  g_clear_handle_id (&self->restyle, g_source_remove);
  snug_row_focus_clear (&self->focus);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (snug_files_pane_parent_class)->dispose (object);
}

static void
snug_files_pane_finalize (GObject *object)
{
  SnugFilesPane *self = SNUG_FILES_PANE (object);

  g_clear_object (&self->sections);
  g_ptr_array_unref (self->bound);
  G_OBJECT_CLASS (snug_files_pane_parent_class)->finalize (object);
}

static void
snug_files_pane_class_init (SnugFilesPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = snug_files_pane_get_property;
  object_class->set_property = snug_files_pane_set_property;
  object_class->dispose = snug_files_pane_dispose;
  object_class->finalize = snug_files_pane_finalize;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, SNUG_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_install_action (widget_class, "files.toggle-contents", "s", on_toggle_contents);

  g_type_ensure (SNUG_TYPE_COLUMNS);
  g_type_ensure (SNUG_TYPE_UNFINISHED_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-files-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugFilesPane, stack);
  gtk_widget_class_bind_template_child (widget_class, SnugFilesPane, empty);
  gtk_widget_class_bind_template_child (widget_class, SnugFilesPane, empty_button);
  gtk_widget_class_bind_template_child (widget_class, SnugFilesPane, empty_folder_button);
  gtk_widget_class_bind_template_child (widget_class, SnugFilesPane, summary);
  gtk_widget_class_bind_template_child (widget_class, SnugFilesPane, send_buttons);
  gtk_widget_class_bind_template_child (widget_class, SnugFilesPane, scroller);
  gtk_widget_class_bind_template_child (widget_class, SnugFilesPane, list);
}

static void
snug_files_pane_init (SnugFilesPane *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  snug_accessible_name_status_page (self->empty);
  snug_button_words_wrap (self->send_buttons);
  self->bound = g_ptr_array_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), keys);
}
