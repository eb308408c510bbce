/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-member-row.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-checklist.h"
#include "snug-file-words.h"
#include "snug-safety-row.h"
#include "snug-tooltip.h"
#include "snug-words.h"

struct _SnugMemberRow
{
  AdwExpanderRow  parent_instance;

  SnugMember     *member;      /* owned */

  /* Template */
  GtkImage       *device;
  GtkWidget      *host;
  GtkSpinner     *spinner;
  GtkWidget      *checked;
  SnugSafetyRow  *safety;
  GtkWidget      *steps_row;
  SnugChecklist  *steps;
  GtkWidget      *details_row;
  GtkLabel       *details;
  GtkWidget      *send;
  GtkWidget      *report;
  GtkWidget      *remove;
};

G_DEFINE_FINAL_TYPE (SnugMemberRow, snug_member_row, ADW_TYPE_EXPANDER_ROW)

static gboolean
is_on_its_way (SnugMemberState state)
{
  return state == SNUG_MEMBER_CONNECTING || state == SNUG_MEMBER_RECONNECTING;
}

/* What a closed row holds is measured with the window whenever anything in it changes, and these are long lines. Without
 * them it is hidden: words that can be selected have the focus, and none have no name. */
static void
update_details (SnugMemberRow *self)
{
  gboolean expanded = adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self));
  g_autofree char *details = NULL;
  gboolean shown;

  g_object_get (self->member, "details", &details, NULL);
  shown = expanded && details != NULL && *details != '\0';
  gtk_label_set_label (self->details, shown ? details : "");
  gtk_widget_set_visible (self->details_row, shown);
}

static void
update (SnugMemberRow *self)
{
  SnugMemberState state = snug_member_get_state (self->member);
  SnugMemberDevice device = snug_member_get_device (self->member);
  gboolean on_its_way = is_on_its_way (state);
  gboolean checked = snug_member_get_safety (self->member) == SNUG_SAFETY_CHECKED;
  g_autofree char *words = snug_words_member (self->member);
  g_autofree char *tied = snug_words_tie (words);
  g_autofree char *sentence = g_strdup_printf ("%s, %s, %s%s",
                                               snug_member_get_display_name (self->member),
                                               snug_words_device_name (device), words, checked ? _(", checked") : "");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self),
                                 snug_member_get_display_name (self->member));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), tied);
  snug_accessible_set_label (GTK_WIDGET (self), sentence);
  snug_accessible_name_expander (ADW_EXPANDER_ROW (self), snug_member_get_display_name (self->member), sentence);
  gtk_image_set_from_icon_name (self->device, snug_words_device_icon (device));
  snug_tooltip_set (GTK_WIDGET (self->device), snug_words_device_name (device));
  gtk_widget_set_visible (self->host, snug_member_get_host (self->member));
  gtk_widget_set_visible (self->checked, checked);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), on_its_way);
  gtk_spinner_set_spinning (self->spinner, on_its_way);
  gtk_widget_set_visible (self->steps_row, on_its_way || state == SNUG_MEMBER_FAILED);
  gtk_widget_set_visible (self->send, state != SNUG_MEMBER_LEFT && state != SNUG_MEMBER_FAILED);
  gtk_widget_set_visible (self->report, state == SNUG_MEMBER_FAILED);
  update_details (self);
}

void
snug_member_row_watch_host (SnugMemberRow *self, SnugSession *session)
{
  g_object_bind_property (session, "is-host", self->remove, "visible", G_BINDING_SYNC_CREATE);
}

GtkWidget *
snug_member_row_new (SnugMember *member)
{
  SnugMemberRow *self = g_object_new (SNUG_TYPE_MEMBER_ROW, NULL);

  self->member = g_object_ref (member);
  snug_checklist_set_member (self->steps, member);
  snug_safety_row_set_member (self->safety, member);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->send), "s", snug_member_get_id (member));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->remove), "s", snug_member_get_id (member));
  g_signal_connect_object (member, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::expanded", G_CALLBACK (update_details), NULL);
  update (self);
  return GTK_WIDGET (self);
}

static void
snug_member_row_dispose (GObject *object)
{
  g_clear_object (&SNUG_MEMBER_ROW (object)->member);
  G_OBJECT_CLASS (snug_member_row_parent_class)->dispose (object);
}

static void
snug_member_row_class_init (SnugMemberRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_member_row_dispose;
  g_type_ensure (SNUG_TYPE_CHECKLIST);
  g_type_ensure (SNUG_TYPE_SAFETY_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-member-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, device);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, host);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, checked);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, safety);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, steps_row);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, steps);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, details_row);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, details);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, send);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, report);
  gtk_widget_class_bind_template_child (widget_class, SnugMemberRow, remove);
}

static void
snug_member_row_init (SnugMemberRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  snug_tooltip_set (self->checked, _("Checked: you have compared the safety phrase"));
}
