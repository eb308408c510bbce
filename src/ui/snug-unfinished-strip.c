/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-unfinished-strip.h"

#include <glib/gi18n-lib.h>

#include "snug-columns.h"
#include "snug-file-words.h"

struct _SnugUnfinishedStrip
{
  AdwBin       parent_instance;

  /* Owned */
  SnugSession *session;
  GHashTable  *resumed;     /* of SnugUnfinished: the person wants these to go on */

  /* Template */
  GtkRevealer *revealer;
  GtkLabel    *title;
  GtkLabel    *names;
  GtkLabel    *hint;
  GtkWidget   *resume;
};

G_DEFINE_FINAL_TYPE (SnugUnfinishedStrip, snug_unfinished_strip, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SESSION,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static gboolean
are_all_resumed (SnugUnfinishedStrip *self, GListModel *unfinished)
{
  for (guint i = 0; i < g_list_model_get_n_items (unfinished); i++)
    {
      g_autoptr (SnugUnfinished) item = g_list_model_get_item (unfinished, i);

      if (!g_hash_table_contains (self->resumed, item))
        return FALSE;
    }
  return TRUE;
}

static void
update (SnugUnfinishedStrip *self)
{
  GListModel *unfinished = snug_session_get_unfinished (self->session);
  guint n = g_list_model_get_n_items (unfinished);
  gboolean all_resumed = are_all_resumed (self, unfinished);
  g_autofree char *title = g_strdup_printf (ngettext ("%u unfinished transfer", "%u unfinished transfers", n), n);
  g_autofree char *names = snug_words_unfinished_list (unfinished);

  gtk_revealer_set_reveal_child (self->revealer, n > 0);
  if (n == 0)
    return;
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->names, names);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->names), names);
  gtk_label_set_label (self->hint, ngettext ("It goes on by itself as soon as it is offered again.",
                                             "They go on by themselves as soon as they are offered again.", n));
  gtk_widget_set_visible (GTK_WIDGET (self->hint), all_resumed);
  gtk_widget_set_visible (self->resume, !all_resumed);
}

static GPtrArray *
get_all (SnugUnfinishedStrip *self)
{
  GListModel *unfinished = snug_session_get_unfinished (self->session);
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (unfinished); i++)
    g_ptr_array_add (all, g_list_model_get_item (unfinished, i));
  return all;
}

static void
on_resume (SnugUnfinishedStrip *self)
{
  g_autoptr (GPtrArray) all = get_all (self);

  for (guint i = 0; i < all->len; i++)
    {
      g_hash_table_add (self->resumed, g_object_ref (all->pdata[i]));
      snug_session_resume_unfinished (self->session, all->pdata[i]);
    }
  update (self);
}

static void
on_discard_answered (SnugUnfinishedStrip *self, const char *response)
{
  g_autoptr (GPtrArray) all = get_all (self);

  for (guint i = 0; i < all->len && g_str_equal (response, "discard"); i++)
    snug_session_discard_unfinished (self->session, all->pdata[i]);
}

static void
on_discard (SnugUnfinishedStrip *self)
{
  guint n = g_list_model_get_n_items (snug_session_get_unfinished (self->session));
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                              _("Discard What Is Here?"),
                                              ngettext ("The part that has arrived is deleted. Offered again, it begins anew.",
                                                        "The parts that have arrived are deleted. Offered again, they begin anew.", n));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _("Keep"), "discard", _("Discard"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_discard_answered), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* A new search finds new objects. */
static void
on_found (SnugUnfinishedStrip *self)
{
  GListModel *unfinished = snug_session_get_unfinished (self->session);
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->resumed);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (!g_list_store_find (G_LIST_STORE (unfinished), item, NULL))
      g_hash_table_iter_remove (&iter);
  update (self);
}

static void
snug_unfinished_strip_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_SESSION)
    g_value_set_object (value, SNUG_UNFINISHED_STRIP (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
snug_unfinished_strip_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  SnugUnfinishedStrip *self = SNUG_UNFINISHED_STRIP (object);

  if (prop_id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  else if (g_set_object (&self->session, g_value_get_object (value)) && self->session != NULL)
    {
      g_signal_connect_object (snug_session_get_unfinished (self->session), "items-changed", G_CALLBACK (on_found), self,
                               G_CONNECT_SWAPPED);
      update (self);
    }
}

static void
snug_unfinished_strip_dispose (GObject *object)
{
  g_clear_object (&SNUG_UNFINISHED_STRIP (object)->session);
  G_OBJECT_CLASS (snug_unfinished_strip_parent_class)->dispose (object);
}

static void
snug_unfinished_strip_finalize (GObject *object)
{
  g_hash_table_unref (SNUG_UNFINISHED_STRIP (object)->resumed);
  G_OBJECT_CLASS (snug_unfinished_strip_parent_class)->finalize (object);
}

static void
snug_unfinished_strip_class_init (SnugUnfinishedStripClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = snug_unfinished_strip_get_property;
  object_class->set_property = snug_unfinished_strip_set_property;
  object_class->dispose = snug_unfinished_strip_dispose;
  object_class->finalize = snug_unfinished_strip_finalize;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, SNUG_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (SNUG_TYPE_COLUMNS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-unfinished-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugUnfinishedStrip, revealer);
  gtk_widget_class_bind_template_child (widget_class, SnugUnfinishedStrip, title);
  gtk_widget_class_bind_template_child (widget_class, SnugUnfinishedStrip, names);
  gtk_widget_class_bind_template_child (widget_class, SnugUnfinishedStrip, hint);
  gtk_widget_class_bind_template_child (widget_class, SnugUnfinishedStrip, resume);
  gtk_widget_class_bind_template_callback (widget_class, on_resume);
  gtk_widget_class_bind_template_callback (widget_class, on_discard);
}

static void
snug_unfinished_strip_init (SnugUnfinishedStrip *self)
{
  self->resumed = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}
