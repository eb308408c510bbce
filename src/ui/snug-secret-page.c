/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-secret-page.h"

#include <glib/gi18n-lib.h>

#include "snug-context.h"
#include "snug-css-class.h"
#include "snug-phrase.h"

/* Of a word of the list, so many letters are always enough. */
#define ENOUGH_LETTERS 4

struct _SnugSecretPage
{
  AdwBin        parent_instance;

  /* Template */
  GtkLabel     *title;
  AdwEntryRow  *secret;
  GtkWidget    *join;
  GtkLabel     *error;
};

G_DEFINE_FINAL_TYPE (SnugSecretPage, snug_secret_page, ADW_TYPE_BIN)

static gboolean
is (SnugSession *session, SnugSessionError code)
{
  return g_error_matches (snug_session_get_error (session), SNUG_SESSION_ERROR, (int) code);
}

gboolean
snug_secret_page_is_for (SnugSession *session)
{
  return snug_session_get_state (session) == SNUG_SESSION_FAILED
         && (is (session, SNUG_SESSION_ERROR_SECRET) || is (session, SNUG_SESSION_ERROR_SECRET_NEEDED));
}

void
snug_secret_page_show_error (SnugSecretPage *self, const char *text)
{
  gtk_label_set_label (self->error, text);
  gtk_widget_set_visible (GTK_WIDGET (self->error), *text != '\0');
  snug_css_class_set (GTK_WIDGET (self->secret), "error", *text != '\0');
}

void
snug_secret_page_show (SnugSecretPage *self, SnugSession *session)
{
  gboolean wrong = is (session, SNUG_SESSION_ERROR_SECRET);
  const GError *error = snug_session_get_error (session);

  gtk_label_set_label (self->title, wrong ? _("Wrong secret") : _("Private room"));
  snug_secret_page_show_error (self, wrong && error != NULL ? error->message : "");
  gtk_widget_grab_focus (GTK_WIDGET (self->secret));
}

/* The word that begins like the last letters typed; nullable. */
static const char *
word_begun (const char *text)
{
  gsize length = strlen (text);

  if (length < ENOUGH_LETTERS || (length > ENOUGH_LETTERS && g_ascii_isalpha (text[length - ENOUGH_LETTERS - 1])))
    return NULL;
  for (gsize i = length - ENOUGH_LETTERS; i < length; i++)
    if (!g_ascii_isalpha (text[i]))
      return NULL;
  return snug_phrase_complete (text + length - ENOUGH_LETTERS);
}

/* What completes it is selected, so that typing on replaces it. Later than the typing, which moves the cursor when
 * it is through. */
static void
complete (gpointer user_data)
{
  SnugSecretPage *self = user_data;
  GtkEditable *editable = GTK_EDITABLE (self->secret);
  g_autofree char *typed = g_strdup (gtk_editable_get_text (editable));
  const char *word = word_begun (typed);
  int n_typed = (int) g_utf8_strlen (typed, -1), position = n_typed;

  if (word == NULL || word[ENOUGH_LETTERS] == '\0' || gtk_editable_get_position (editable) != n_typed)
    return;
  gtk_editable_insert_text (editable, word + ENOUGH_LETTERS, -1, &position);
  gtk_editable_select_region (editable, n_typed, -1);
}

/* Only what a person types at the end is completed, not what they paste or take away. */
static void
on_inserted (GtkEditable *editable, const char *text, int length, int *position, SnugSecretPage *self)
{
  if (length == 1 && *position == (int) g_utf8_strlen (gtk_editable_get_text (editable), -1))
    snug_context_post (NULL, complete, g_object_ref (self), g_object_unref);
}

static void
on_secret_changed (SnugSecretPage *self)
{
  gtk_widget_set_sensitive (self->join, *gtk_editable_get_text (GTK_EDITABLE (self->secret)) != '\0');
  snug_secret_page_show_error (self, "");
}

static void
on_join (SnugSecretPage *self)
{
  if (gtk_widget_get_sensitive (self->join))
    gtk_widget_activate_action (GTK_WIDGET (self), "room.enter-secret", "s",
                                gtk_editable_get_text (GTK_EDITABLE (self->secret)));
}

/* Not to be read there by whoever comes next. */
static void
snug_secret_page_unmap (GtkWidget *widget)
{
  SnugSecretPage *self = SNUG_SECRET_PAGE (widget);

  gtk_editable_set_text (GTK_EDITABLE (self->secret), "");
  GTK_WIDGET_CLASS (snug_secret_page_parent_class)->unmap (widget);
}

static void
snug_secret_page_class_init (SnugSecretPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->unmap = snug_secret_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/snugrooms/Snug/snug-secret-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugSecretPage, title);
  gtk_widget_class_bind_template_child (widget_class, SnugSecretPage, secret);
  gtk_widget_class_bind_template_child (widget_class, SnugSecretPage, join);
  gtk_widget_class_bind_template_child (widget_class, SnugSecretPage, error);
  gtk_widget_class_bind_template_callback (widget_class, on_secret_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_join);
}

static void
snug_secret_page_init (SnugSecretPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_editable_get_delegate (GTK_EDITABLE (self->secret)), "insert-text",
                           G_CALLBACK (on_inserted), self, 0);
}
