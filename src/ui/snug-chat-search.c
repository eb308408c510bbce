/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-chat-search.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-accessible.h"
#include "snug-find.h"

/* One piece of the work: a frame has time for more. */
#define PIECE_MESSAGES 200
#define PIECE_BYTES (256 * 1024)

struct _SnugChatSearch
{
  AdwBin          parent_instance;

  /* Owned */
  GListModel     *messages;     /* nullable */
  char           *needle;       /* folded; "" for none */
  GPtrArray      *found;        /* of SnugMessage, newest first */
  SnugMessage    *current;      /* nullable, one of them */
  guint           looking;      /* source; 0: none */

  guint           n_left;       /* so many of the oldest are not looked at yet */
  gboolean        leads;        /* the first that is found is to be shown */

  /* Template */
  GtkSearchBar   *bar;
  GtkSearchEntry *entry;
  GtkLabel       *count;
  GtkWidget      *older;
  GtkWidget      *newer;
};

G_DEFINE_FINAL_TYPE (SnugChatSearch, snug_chat_search, ADW_TYPE_BIN)

enum
{
  CHANGED,
  LED_TO,
  CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

const char *
snug_chat_search_get_needle (SnugChatSearch *self)
{
  return self->needle;
}

SnugMessage *
snug_chat_search_get_current (SnugChatSearch *self)
{
  return self->current;
}

/* --- What is shown of it --- */

static gboolean
get_place (SnugChatSearch *self, guint *place)
{
  return self->current != NULL && g_ptr_array_find (self->found, self->current, place);
}

static void
show_count (SnugChatSearch *self)
{
  guint n = self->found->len, place = 0;
  gboolean has_place = get_place (self, &place);
  g_autofree char *words = NULL;

  if (*self->needle == '\0')
    words = g_strdup ("");
  else if (n == 0 && self->looking != 0)
    words = g_strdup ("…");
  else if (n == 0)
    words = g_strdup (_("No matches"));
  else
    /* Translators: which match one is at, and how many there are. */
    words = g_strdup_printf (_("%u of %u"), has_place ? place + 1 : 1, n);
  gtk_label_set_label (self->count, words);
  gtk_widget_set_sensitive (self->older, has_place && place + 1 < n);
  gtk_widget_set_sensitive (self->newer, has_place && place > 0);
}

static void
go_to (SnugChatSearch *self, SnugMessage *message)
{
  g_set_object (&self->current, message);
  show_count (self);
  g_signal_emit (self, signals[CHANGED], 0);
  g_signal_emit (self, signals[LED_TO], 0, message);
}

static void
step (SnugChatSearch *self, int by)
{
  guint place;

  if (!get_place (self, &place) || (by < 0 && place == 0) || (by > 0 && place + 1 >= self->found->len))
    return;
  go_to (self, g_ptr_array_index (self->found, by < 0 ? place - 1 : place + 1));
}

static void
on_older (SnugChatSearch *self)
{
  step (self, 1);
}

static void
on_newer (SnugChatSearch *self)
{
  step (self, -1);
}

/* --- Looking --- */

/* Returns: the bytes that were looked at */
static gsize
look_at (SnugChatSearch *self, guint position)
{
  g_autoptr (SnugMessage) message = g_list_model_get_item (self->messages, position);
  const char *text = snug_message_get_text (message);

  if (snug_message_get_kind (message) != SNUG_MESSAGE_SYSTEM && snug_find_has (text, self->needle))
    g_ptr_array_add (self->found, g_steal_pointer (&message));
  return strlen (text);
}

static void
look_at_a_piece (SnugChatSearch *self)
{
  gsize n_bytes = 0;

  for (guint i = 0; i < PIECE_MESSAGES && n_bytes < PIECE_BYTES && self->n_left > 0; i++)
    n_bytes += look_at (self, --self->n_left);
  if (self->leads && self->found->len > 0)
    {
      self->leads = FALSE;
      go_to (self, g_ptr_array_index (self->found, 0));
    }
}

static gboolean
on_idle (gpointer user_data)
{
  SnugChatSearch *self = user_data;

  look_at_a_piece (self);
  if (self->n_left > 0)
    {
      show_count (self);
      return G_SOURCE_CONTINUE;
    }
  self->looking = 0;
  show_count (self);
  return G_SOURCE_REMOVE;
}

static void
look_again (SnugChatSearch *self)
{
  g_clear_handle_id (&self->looking, g_source_remove);
  g_ptr_array_set_size (self->found, 0);
  self->n_left = self->messages != NULL && *self->needle != '\0' ? g_list_model_get_n_items (self->messages) : 0;
  if (self->n_left > 0)
    self->looking = g_idle_add (on_idle, self);
  show_count (self);
}

static void
look_for (SnugChatSearch *self, const char *needle)
{
  g_free (self->needle);
  self->needle = snug_find_fold (needle);
  g_clear_object (&self->current);
  self->leads = TRUE;
  look_again (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_word_changed (SnugChatSearch *self)
{
  look_for (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

/* Where one is stays, whatever comes. */
static void
on_messages_changed (SnugChatSearch *self)
{
  if (*self->needle != '\0')
    look_again (self);
}

/* --- Coming and going --- */

static void
on_mode_changed (SnugChatSearch *self)
{
  if (gtk_search_bar_get_search_mode (self->bar))
    return;
  look_for (self, "");
  g_signal_emit (self, signals[CLOSED], 0);
}

void
snug_chat_search_open (SnugChatSearch *self)
{
  gtk_search_bar_set_search_mode (self->bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

void
snug_chat_search_set_messages (SnugChatSearch *self, GListModel *messages)
{
  g_set_object (&self->messages, messages);
  g_signal_connect_object (messages, "items-changed", G_CALLBACK (on_messages_changed), self, G_CONNECT_SWAPPED);
}

static void
snug_chat_search_dispose (GObject *object)
{
  SnugChatSearch *self = SNUG_CHAT_SEARCH (object);

  g_clear_handle_id (&self->looking, g_source_remove);
  g_clear_object (&self->messages);
  g_clear_object (&self->current);
  G_OBJECT_CLASS (snug_chat_search_parent_class)->dispose (object);
}

static void
snug_chat_search_finalize (GObject *object)
{
  SnugChatSearch *self = SNUG_CHAT_SEARCH (object);

  g_free (self->needle);
  g_ptr_array_unref (self->found);
  G_OBJECT_CLASS (snug_chat_search_parent_class)->finalize (object);
}

static void
snug_chat_search_class_init (SnugChatSearchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = snug_chat_search_dispose;
  object_class->finalize = snug_chat_search_finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LED_TO] = g_signal_new ("led-to", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  SNUG_TYPE_MESSAGE);
  signals[CLOSED] = g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/snugrooms/Snug/snug-chat-search.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugChatSearch, bar);
  gtk_widget_class_bind_template_child (widget_class, SnugChatSearch, entry);
  gtk_widget_class_bind_template_child (widget_class, SnugChatSearch, count);
  gtk_widget_class_bind_template_child (widget_class, SnugChatSearch, older);
  gtk_widget_class_bind_template_child (widget_class, SnugChatSearch, newer);
  gtk_widget_class_bind_template_callback (widget_class, on_mode_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_word_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_older);
  gtk_widget_class_bind_template_callback (widget_class, on_newer);
}

static void
snug_chat_search_init (SnugChatSearch *self)
{
  self->needle = g_strdup ("");
  self->found = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  snug_accessible_name_closing (GTK_WIDGET (self->bar));
  gtk_search_bar_connect_entry (self->bar, GTK_EDITABLE (self->entry));
  show_count (self);
}
