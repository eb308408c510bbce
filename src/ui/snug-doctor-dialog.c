/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-doctor-dialog.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-doctor.h"
#include "snug-report.h"

struct _SnugDoctorDialog
{
  AdwWindow        parent_instance;

  /* Owned */
  SnugSession     *session;
  SnugDoctor      *doctor;        /* of the check-up that is shown */
  GCancellable    *cancellable;   /* nullable: it does not run */
  GListModel      *telling;       /* of its checks, those to be read */
  GListModel      *working;       /* and those that just work */
  GPtrArray       *works_rows;    /* of the latter, in works */

  /* Template */
  AdwToastOverlay *toasts;
  GtkWidget       *cancel;
  GtkWidget       *again;
  GtkListBox      *steps;
  GtkWidget       *works_list;
  AdwExpanderRow  *works;
  GtkWidget       *running;
  GtkSpinner      *spinner;
  GtkSwitch       *addresses;
  GtkWidget       *copy;
};

G_DEFINE_FINAL_TYPE (SnugDoctorDialog, snug_doctor_dialog, ADW_TYPE_WINDOW)

/* By SnugCheckStatus. */
static const struct
{
  const char *words;
  const char *icon;
  const char *css;
} statuses[] = {
  [SNUG_CHECK_OK] = { N_("ok"), "emblem-ok-symbolic", "success" },
  [SNUG_CHECK_NOT] = { N_("not ok"), "window-close-symbolic", "error" },
  [SNUG_CHECK_SKIPPED] = { N_("skipped"), "radio-symbolic", "dim-label" },
};

/* --- What was found --- */

/* The reason, what to do, and below them where it is, if that is asked for. */
static char *
words_of (SnugCheck *check, gboolean with_address)
{
  GString *words = g_string_new (snug_check_get_reason (check));
  const char *action = snug_check_get_action (check);
  const char *address = with_address ? snug_check_get_address (check) : NULL;

  if (action != NULL)
    g_string_append_printf (words, " %s", action);
  if (address != NULL)
    g_string_append_printf (words, "\n%s", address);
  return g_string_free (words, FALSE);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  SnugDoctorDialog *self = user_data;
  SnugCheckStatus status = snug_check_get_status (item);
  g_autofree char *title = snug_check_dup_title (item);
  g_autofree char *words = words_of (item, gtk_switch_get_active (self->addresses));
  g_autofree char *spoken = g_strdup_printf ("%s: %s. %s", title, _(statuses[status].words), words);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title, "title-lines", 0,
                                 "subtitle", words, "subtitle-lines", 0, NULL);
  GtkWidget *mark = snug_accessible_decoration_new (statuses[status].icon);

  gtk_widget_add_css_class (mark, statuses[status].css);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), mark);
  /* The title alone, which it is named after, would come once more behind our words (GTK 4.8). */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  snug_accessible_set_label (row, spoken);
  return row;
}

static void
update_steps (SnugDoctorDialog *self)
{
  guint n_working = g_list_model_get_n_items (self->working);
  g_autofree char *title = g_strdup_printf (ngettext ("%u thing works", "%u things work", n_working), n_working);

  gtk_widget_set_visible (GTK_WIDGET (self->steps), g_list_model_get_n_items (self->telling) > 0);
  gtk_widget_set_visible (self->works_list, n_working > 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->works), title);
  snug_accessible_set_label (GTK_WIDGET (self->works), title);
  snug_accessible_name_expander (self->works, title, title);
  gtk_widget_set_sensitive (self->copy, g_list_model_get_n_items (snug_doctor_get_checks (self->doctor)) > 0);
}

/* They come one after the other, and none goes before all do. */
static void
add_working (SnugDoctorDialog *self)
{
  while (self->works_rows->len < g_list_model_get_n_items (self->working))
    {
      g_autoptr (SnugCheck) check = g_list_model_get_item (self->working, self->works_rows->len);
      GtkWidget *row = create_row (check, self);

      adw_expander_row_add_row (self->works, row);
      g_ptr_array_add (self->works_rows, row);
    }
  update_steps (self);
}

static void
show_steps (SnugDoctorDialog *self)
{
  for (guint i = 0; i < self->works_rows->len; i++)
    adw_expander_row_remove (self->works, self->works_rows->pdata[i]);
  g_ptr_array_set_size (self->works_rows, 0);
  gtk_list_box_bind_model (self->steps, self->telling, create_row, self, NULL);
  add_working (self);
}

/* What has nothing to say but that is folded into one line. What nothing depends on works, whether it is here or not. */
static gboolean
just_works (SnugCheck *check)
{
  switch (snug_check_get_finding (check))
    {
    case SNUG_FINDING_WORKS:
    case SNUG_FINDING_NO_ROUTER:
    case SNUG_FINDING_EASY:
    case SNUG_FINDING_ABSENT: return TRUE;
    case SNUG_FINDING_SILENT: return snug_check_get_status (check) == SNUG_CHECK_OK;
    default: return FALSE;
    }
}

static gboolean
is_working (gpointer check, gpointer user_data)
{
  return just_works (check);
}

static gboolean
is_telling (gpointer check, gpointer user_data)
{
  return !just_works (check);
}

static GListModel *
filter_checks (SnugDoctorDialog *self, GtkCustomFilterFunc is_wanted)
{
  GListModel *checks = g_object_ref (snug_doctor_get_checks (self->doctor));

  return G_LIST_MODEL (gtk_filter_list_model_new (checks, GTK_FILTER (gtk_custom_filter_new (is_wanted, NULL, NULL))));
}

static void
let_go_of_doctor (SnugDoctorDialog *self)
{
  g_clear_object (&self->telling);
  g_clear_object (&self->working);
  g_clear_object (&self->doctor);
}

/* --- The check-up --- */

static void
update_running (SnugDoctorDialog *self)
{
  gboolean is_running = self->cancellable != NULL;

  gtk_widget_set_visible (self->cancel, is_running);
  gtk_widget_set_visible (self->again, !is_running);
  gtk_widget_set_visible (self->running, is_running);
  gtk_spinner_set_spinning (self->spinner, is_running);
}

static void
on_finished (GObject *doctor, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugDoctorDialog) self = user_data;

  snug_doctor_run_finish (SNUG_DOCTOR (doctor), result, NULL);
  /* One that was cancelled may end when the next one runs, or when nobody looks any more. */
  if (SNUG_DOCTOR (doctor) != self->doctor || self->cancellable == NULL)
    return;
  g_clear_object (&self->cancellable);
  update_running (self);
}

/* What others would be reached through: of the room that we are in, else of the next one. */
static char *
dup_server (SnugSession *session)
{
  const char *link = snug_session_get_link (session);
  g_autoptr (SnugRoomLink) room = link != NULL ? snug_room_link_parse (link, NULL) : NULL;
  char *server = NULL;

  if (room != NULL && room->server != NULL)
    return g_strdup (room->server);
  g_object_get (session, "server", &server, NULL);
  return server;
}

static void
run (SnugDoctorDialog *self)
{
  g_autofree char *server = dup_server (self->session);
  g_autoptr (GPtrArray) ice_servers = NULL;
  int relay;

  g_object_get (self->session, "ice-servers", &ice_servers, "relay-policy", &relay, NULL);
  let_go_of_doctor (self);
  self->doctor = snug_doctor_new (server, ice_servers, (SnugRelayPolicy) relay);
  self->telling = filter_checks (self, is_telling);
  self->working = filter_checks (self, is_working);
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (self->telling, "items-changed", G_CALLBACK (update_steps), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->working, "items-changed", G_CALLBACK (add_working), self, G_CONNECT_SWAPPED);
  show_steps (self);
  update_running (self);
  snug_doctor_run_async (self->doctor, self->cancellable, on_finished, g_object_ref (self));
}

static void
stop (SnugDoctorDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* What has been found until now stays to be read. */
static void
on_cancel (SnugDoctorDialog *self)
{
  stop (self);
  update_running (self);
}

static void
on_copy (SnugDoctorDialog *self)
{
  gboolean addresses = gtk_switch_get_active (self->addresses);
  g_autofree char *report = snug_report_new_with_checks (self->session, snug_doctor_get_checks (self->doctor),
                                                         addresses);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), report);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (addresses
    ? _("Report copied. It has addresses in it.") : _("Report copied. It has no codes, names or addresses in it.")));
}

/* --- Life --- */

/* The one above @parent, if there is one. */
static GtkWindow *
find_open (GtkWindow *parent)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (SNUG_IS_DOCTOR_DIALOG (l->data) && gtk_window_get_transient_for (l->data) == parent)
      return l->data;
  return NULL;
}

void
snug_doctor_dialog_present (GtkWindow *parent, SnugSession *session)
{
  GtkWindow *open = find_open (parent);
  SnugDoctorDialog *self;

  if (open != NULL)
    {
      gtk_window_present (open);
      return;
    }
  self = g_object_new (SNUG_TYPE_DOCTOR_DIALOG, "transient-for", parent, NULL);
  self->session = g_object_ref (session);
  run (self);
  gtk_window_present (GTK_WINDOW (self));
}

static void
snug_doctor_dialog_dispose (GObject *object)
{
  SnugDoctorDialog *self = SNUG_DOCTOR_DIALOG (object);

  stop (self);
  let_go_of_doctor (self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->works_rows, g_ptr_array_unref);
  G_OBJECT_CLASS (snug_doctor_dialog_parent_class)->dispose (object);
}

static void
snug_doctor_dialog_class_init (SnugDoctorDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_doctor_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/snugrooms/Snug/snug-doctor-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugDoctorDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, SnugDoctorDialog, cancel);
  gtk_widget_class_bind_template_child (widget_class, SnugDoctorDialog, again);
  gtk_widget_class_bind_template_child (widget_class, SnugDoctorDialog, steps);
  gtk_widget_class_bind_template_child (widget_class, SnugDoctorDialog, works_list);
  gtk_widget_class_bind_template_child (widget_class, SnugDoctorDialog, works);
  gtk_widget_class_bind_template_child (widget_class, SnugDoctorDialog, running);
  gtk_widget_class_bind_template_child (widget_class, SnugDoctorDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, SnugDoctorDialog, addresses);
  gtk_widget_class_bind_template_child (widget_class, SnugDoctorDialog, copy);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_again", G_CALLBACK (run));
  gtk_widget_class_bind_template_callback_full (widget_class, "on_addresses", G_CALLBACK (show_steps));
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
snug_doctor_dialog_init (SnugDoctorDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->works_rows = g_ptr_array_new ();
  snug_accessible_name_toasts (self->toasts);
}
