/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-transfer-row.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-columns.h"
#include "snug-css-class.h"
#include "snug-file-words.h"
#include "snug-tooltip.h"

struct _SnugTransferRow
{
  AdwBin          parent_instance;

  SnugTransfer   *transfer;      /* owned; NULL while not bound */
  gulong          on_notify;
  guint           shown;         /* shape() + 1 of the buttons that stand there; 0: none yet */
  char           *said;          /* owned, nullable: the words that stand there */
  gboolean        is_card;       /* in the chat, from where nothing is taken away */
  gboolean        has_picture;   /* above it, which says what it is and opens it */

  /* Template */
  GtkButton      *expander;
  GtkImage       *icon;
  GtkLabel       *name;
  GtkLabel       *time;
  GtkLabel       *words;
  GtkProgressBar *progress;
  GtkButton      *first;
  GtkButton      *second;
  GtkMenuButton  *more;
};

G_DEFINE_FINAL_TYPE (SnugTransferRow, snug_transfer_row, ADW_TYPE_BIN)

#define MOST_IN_MENU 5

/* What can be done in a state, by direction. The first button is the one thing most people want
 * then. */
typedef struct
{
  const char *label;
  const char *action;
} Command;

typedef struct
{
  Command  first;
  Command  second;
  Command  menu[MOST_IN_MENU];
  gboolean suggested;      /* the first button asks for a decision */
} Commands;

#define CANCEL { N_("Cancel"), "file.cancel" }
#define DETAILS { N_("Details"), "file.details" }
#define REMOVE { N_("Remove from List"), "file.forget" }
#define SEND_AGAIN { N_("Send Again"), "file.send-again" }
#define SHOW { N_("Show in Folder"), "file.show" }
#define OPEN { N_("Open"), "file.open" }
#define PAUSE { N_("Pause"), "file.pause" }
#define RESUME { N_("Resume"), "file.resume" }
#define NONE { NULL, NULL }

static const Commands commands[2][SNUG_TRANSFER_FAILED + 1] = {
  [SNUG_TRANSFER_IN] = {
    [SNUG_TRANSFER_OFFERED] = { { N_("Accept"), "file.accept" }, { N_("Decline"), "file.decline" },
                                { { N_("Choose Files…"), "file.choose" }, { N_("Save To…"), "file.accept-to" },
                                  DETAILS }, TRUE },
    [SNUG_TRANSFER_ACCEPTED] = { PAUSE, NONE, { CANCEL, DETAILS }, FALSE },
    [SNUG_TRANSFER_RUNNING] = { PAUSE, NONE, { CANCEL, DETAILS }, FALSE },
    [SNUG_TRANSFER_PAUSED] = { RESUME, NONE, { CANCEL, DETAILS }, FALSE },
    [SNUG_TRANSFER_DONE] = { OPEN, NONE, { SHOW, { N_("Save To…"), "file.save-copy" }, DETAILS, REMOVE }, FALSE },
    [SNUG_TRANSFER_DECLINED] = { NONE, NONE, { DETAILS, REMOVE }, FALSE },
    [SNUG_TRANSFER_CANCELLED] = { NONE, NONE, { DETAILS, REMOVE }, FALSE },
    [SNUG_TRANSFER_FAILED] = { NONE, NONE, { DETAILS, REMOVE }, FALSE },
  },
  [SNUG_TRANSFER_OUT] = {
    [SNUG_TRANSFER_OFFERED] = { { N_("Withdraw"), "file.cancel" }, NONE, { SHOW, DETAILS }, FALSE },
    [SNUG_TRANSFER_ACCEPTED] = { PAUSE, NONE, { CANCEL, DETAILS }, FALSE },
    [SNUG_TRANSFER_RUNNING] = { PAUSE, NONE, { CANCEL, DETAILS }, FALSE },
    [SNUG_TRANSFER_PAUSED] = { RESUME, NONE, { CANCEL, DETAILS }, FALSE },
    [SNUG_TRANSFER_DONE] = { NONE, NONE, { OPEN, SHOW, SEND_AGAIN, DETAILS, REMOVE }, FALSE },
    [SNUG_TRANSFER_DECLINED] = { SEND_AGAIN, NONE, { DETAILS, REMOVE }, FALSE },
    [SNUG_TRANSFER_CANCELLED] = { SEND_AGAIN, NONE, { DETAILS, REMOVE }, FALSE },
    [SNUG_TRANSFER_FAILED] = { SEND_AGAIN, NONE, { DETAILS, REMOVE }, FALSE },
  },
};

static const Command none = NONE;

static const Commands *
get_commands (SnugTransferRow *self)
{
  return &commands[snug_transfer_get_direction (self->transfer)]
                  [snug_transfer_get_state (self->transfer)];
}

const char *
snug_transfer_row_get_space_action (SnugTransferRow *self)
{
  const char *action = self->transfer != NULL ? get_commands (self)->first.action : NULL;

  return g_strcmp0 (action, "file.pause") == 0 || g_strcmp0 (action,
                                                             "file.resume") == 0 ? action : NULL;
}

const char *
snug_transfer_row_get_delete_action (SnugTransferRow *self)
{
  if (self->transfer == NULL || !snug_transfer_is_finished (self->transfer))
    return NULL;
  return "file.forget";
}

static void
show_button (SnugTransferRow *self, GtkButton *button, const Command *command)
{
  const char *id = snug_transfer_get_id (self->transfer);
  g_autofree char *spoken = NULL;

  gtk_widget_set_visible (GTK_WIDGET (button), command->label != NULL);
  if (command->label == NULL)
    return;
  /* Translators: what a button does, and to which file: "Accept holiday.jpg". */
  spoken = g_strdup_printf (_("%s %s"), _(command->label), snug_transfer_get_name (self->transfer));
  gtk_button_set_label (button, _(command->label));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), command->action);
  snug_accessible_set_label (GTK_WIDGET (button), spoken);
}

static gboolean
can_save_copy (SnugTransfer *transfer)
{
  return snug_transfer_get_file (transfer) != NULL && !snug_transfer_is_folder (transfer);
}

static gboolean
can_do (SnugTransferRow *self, const Command *command)
{
  if (g_str_equal (command->action, "file.choose"))
    return snug_transfer_is_folder (self->transfer);
  if (g_str_equal (command->action, "file.forget"))
    return !self->is_card;
  if (g_str_equal (command->action, "file.save-copy"))
    return can_save_copy (self->transfer);
  return TRUE;
}

/* When it is opened: a popover with what is in it is most of what a row costs, and few are looked at. */
static void
on_menu_wanted (GtkMenuButton *button, gpointer user_data)
{
  SnugTransferRow *self = user_data;
  const Command *items = get_commands (self)->menu;
  g_autoptr (GMenu) menu = g_menu_new ();

  if (gtk_menu_button_get_popover (button) != NULL)
    return;
  for (guint i = 0; i < MOST_IN_MENU && items[i].label != NULL; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_(items[i].label), NULL);

      if (!can_do (self, &items[i]))
        continue;
      g_menu_item_set_action_and_target (item, items[i].action, "s", snug_transfer_get_id (self->transfer));
      g_menu_append_item (menu, item);
    }
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

/* Buttons are made anew only when they change: a click must never meet one that is being rebuilt.
 * */
static void
show_commands (SnugTransferRow *self)
{
  guint shape = 1 + (guint) snug_transfer_get_direction (self->transfer) * (SNUG_TRANSFER_FAILED + 1)
                + (guint) snug_transfer_get_state (self->transfer);
  const Commands *now = get_commands (self);

  if (shape == self->shown)
    return;
  self->shown = shape;
  show_button (self, self->first, self->has_picture && g_strcmp0 (now->first.action, "file.open") == 0 ? &none : &now->first);
  show_button (self, self->second, &now->second);
  if (gtk_menu_button_get_popover (self->more) != NULL)
    gtk_menu_button_set_menu_model (self->more, NULL);
  snug_css_class_set (GTK_WIDGET (self->first), "suggested-action", now->suggested);
}

static void
show_progress (SnugTransferRow *self)
{
  guint64 size = snug_transfer_get_size (self->transfer);
  guint64 bytes = snug_transfer_get_bytes (self->transfer);

  gtk_widget_set_visible (GTK_WIDGET (self->progress), snug_transfer_is_active (self->transfer));
  gtk_progress_bar_set_fraction (self->progress,
                                 size > 0 ? MIN (1, (double) bytes / (double) size) : 0);
}

/* --- Dragging it out --- */

/* What has arrived, or was sent, can be taken elsewhere as a file. */
static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, SnugTransferRow *self)
{
  GFile *file = self->transfer != NULL ? snug_transfer_get_file (self->transfer) : NULL;
  GdkContentProvider *provider;
  GdkFileList *files;

  if (file == NULL || snug_transfer_get_state (self->transfer) != SNUG_TRANSFER_DONE)
    return NULL;
  files = gdk_file_list_new_from_array (&file, 1);
  provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, files);
  g_boxed_free (GDK_TYPE_FILE_LIST, files);
  return provider;
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, SnugTransferRow *self)
{
  g_autoptr (GdkPaintable) icon = gtk_widget_paintable_new (GTK_WIDGET (self->icon));

  gtk_drag_source_set_icon (source, icon, 0, 0);
}

static void
be_dragged (SnugTransferRow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();

  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (source));
}

/* --- What is shown --- */

static void
show_mood (SnugTransferRow *self)
{
  SnugTransferState state = snug_transfer_get_state (self->transfer);

  snug_css_class_set (GTK_WIDGET (self->icon), "asks", get_commands (self)->suggested);
  snug_css_class_set (GTK_WIDGET (self->icon), "over", snug_transfer_is_finished (self->transfer) && state != SNUG_TRANSFER_DONE);
  snug_css_class_set (GTK_WIDGET (self->words), "error", state == SNUG_TRANSFER_FAILED);
  snug_css_class_set (GTK_WIDGET (self->words), "dim-label", state != SNUG_TRANSFER_FAILED);
  snug_css_class_set (GTK_WIDGET (self->progress), "paused", state == SNUG_TRANSFER_PAUSED);
}

/* A tick of a transfer is told property by property, and most of them change no word. */
static void
show_words (SnugTransferRow *self)
{
  g_autofree char *words = self->is_card ? snug_words_card (self->transfer) : snug_words_transfer (self->transfer);
  g_autofree char *sentence = g_strdup_printf ("%s, %s", snug_transfer_get_name (self->transfer), words);
  g_autofree char *tied = NULL;
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));

  if (g_strcmp0 (sentence, self->said) == 0)
    return;
  tied = snug_words_tie (words);
  gtk_label_set_label (self->words, tied);
  /* The list's own item is what a screen reader stops at: there is none yet while a card is made. */
  if (item == NULL)
    return;
  snug_accessible_set_label (item, sentence);
  g_free (self->said);
  self->said = g_steal_pointer (&sentence);
}

static void
update (SnugTransferRow *self)
{
  show_commands (self);
  show_words (self);
  show_progress (self);
  show_mood (self);
}

/* Bytes come ten times a second, and new words are measured, in all the window: they go with the speed, which is told
 * four times. */
static void
on_notify (SnugTransferRow *self, GParamSpec *pspec)
{
  if (g_str_equal (pspec->name, "bytes") && snug_transfer_get_speed (self->transfer) > 0)
    show_progress (self);
  else
    update (self);
}

/* The name decides the type where the other side said none, and never what is done with the file.
 * */
static GIcon *
make_icon (SnugTransfer *transfer)
{
  const char *mime_type = snug_transfer_get_mime_type (transfer);
  g_autofree char *type = NULL;

  if (mime_type != NULL && *mime_type != '\0')
    type = g_content_type_from_mime_type (mime_type);
  if (snug_transfer_is_folder (transfer))
    return g_themed_icon_new ("folder-symbolic");
  if (type == NULL || g_content_type_is_unknown (type))
    {
      g_free (type);
      type = g_content_type_guess (snug_transfer_get_name (transfer), NULL, 0, NULL);
    }
  return g_content_type_get_symbolic_icon (type);
}

static void
show_file (SnugTransferRow *self)
{
  const char *name = snug_transfer_get_name (self->transfer);
  g_autoptr (GIcon) icon = make_icon (self->transfer);
  g_autofree char *spoken = g_strdup_printf (_("More for %s"), name);

  gtk_image_set_from_gicon (self->icon, icon);
  gtk_label_set_label (self->name, name);
  snug_tooltip_set (GTK_WIDGET (self->name), name);
  snug_accessible_set_label (GTK_WIDGET (self->more), spoken);
  snug_accessible_set_label (GTK_WIDGET (self->progress), name);
}

void
snug_transfer_row_show_expanded (SnugTransferRow *self, gboolean expanded)
{
  const char *name = snug_transfer_get_name (self->transfer);
  g_autofree char *spoken = NULL;

  if (!snug_transfer_is_folder (self->transfer))
    return;
  spoken = g_strdup_printf (expanded ? _("Hide what is in %s") : _("Show what is in %s"), name);
  gtk_button_set_icon_name (self->expander, expanded ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->expander), "s", snug_transfer_get_id (self->transfer));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->expander), "files.toggle-contents");
  snug_tooltip_set (GTK_WIDGET (self->expander), spoken);
  snug_accessible_set_label (GTK_WIDGET (self->expander), spoken);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->expander), GTK_ACCESSIBLE_STATE_EXPANDED, expanded, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->expander), TRUE);
}

void
snug_transfer_row_set_transfer (SnugTransferRow *self, SnugTransfer *transfer)
{
  if (self->transfer != NULL)
    g_clear_signal_handler (&self->on_notify, self->transfer);
  g_set_object (&self->transfer, transfer);
  g_clear_pointer (&self->said, g_free);
  if (transfer == NULL)
    return;
  self->shown = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->expander), FALSE);
  self->on_notify = g_signal_connect_object (transfer, "notify", G_CALLBACK (on_notify), self,
                                             G_CONNECT_SWAPPED);
  show_file (self);
  update (self);
}

void
snug_transfer_row_be_card (SnugTransferRow *self, const char *clock)
{
  self->is_card = TRUE;
  gtk_label_set_label (self->time, clock);
  gtk_widget_set_visible (GTK_WIDGET (self->time), TRUE);
  self->shown = 0;
  update (self);
}

void
snug_transfer_row_set_has_picture (SnugTransferRow *self, gboolean has_picture)
{
  self->has_picture = has_picture;
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !has_picture);
  self->shown = 0;
  show_commands (self);
}

SnugTransfer *
snug_transfer_row_get_transfer (SnugTransferRow *self)
{
  return self->transfer;
}

GtkWidget *
snug_transfer_row_new (SnugTransfer *transfer)
{
  SnugTransferRow *self = g_object_new (SNUG_TYPE_TRANSFER_ROW, NULL);

  snug_transfer_row_set_transfer (self, transfer);
  return GTK_WIDGET (self);
}

static void
snug_transfer_row_dispose (GObject *object)
{
  snug_transfer_row_set_transfer (SNUG_TRANSFER_ROW (object), NULL);
  G_OBJECT_CLASS (snug_transfer_row_parent_class)->dispose (object);
}

static void
snug_transfer_row_class_init (SnugTransferRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_transfer_row_dispose;
  g_type_ensure (SNUG_TYPE_COLUMNS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-transfer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugTransferRow, expander);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferRow, name);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferRow, time);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferRow, words);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferRow, progress);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferRow, first);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferRow, second);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferRow, more);
}

static void
snug_transfer_row_init (SnugTransferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  snug_tooltip_set (GTK_WIDGET (self->more), _("More"));
  gtk_menu_button_set_create_popup_func (self->more, on_menu_wanted, self, NULL);
  be_dragged (self);
}
