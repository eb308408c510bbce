/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-checklist.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-columns.h"
#include "snug-css-class.h"

/* The server, then the steps of the member. */
#define N_STEPS (1 + SNUG_N_STEPS)

/* After this long a person deserves to hear what usually stands in the way. */
#define HINT_AFTER_S 10

struct _SnugChecklist
{
  AdwBin      parent_instance;

  SnugMember *member;             /* owned */
  guint       hint_timer;         /* 0: none */
  gboolean    hint;

  /* Template */
  GtkBox     *steps;
  GtkLabel   *reason;
  GtkWidget  *check;

  /* In steps */
  GtkWidget  *rows[N_STEPS];
  GtkStack   *marks[N_STEPS];
  GtkLabel   *labels[N_STEPS];
};

G_DEFINE_FINAL_TYPE (SnugChecklist, snug_checklist, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_MEMBER,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static const char *const mark_names[] = { "waiting", "running", "done", "failed" };

static SnugStepState
step_state (SnugChecklist *self, guint step)
{
  if (self->member == NULL)
    return step == 0 ? SNUG_STEP_RUNNING : SNUG_STEP_WAITING;
  return step == 0 ? SNUG_STEP_DONE : snug_member_get_step (self->member, step - 1);
}

static char *
answer_words (SnugChecklist *self, SnugStepState state)
{
  const char *name = self->member != NULL ? snug_member_get_display_name (self->member)
                                          : _("the other side");

  switch (state)
    {
    case SNUG_STEP_DONE: return g_strdup_printf (_("%s answered"), name);
    case SNUG_STEP_FAILED: return g_strdup_printf (_("%s did not answer"), name);
    case SNUG_STEP_WAITING:
    case SNUG_STEP_RUNNING:
    default: return g_strdup_printf (_("Waiting for %s to answer"), name);
    }
}

/* By step and SnugStepState; the answer has a name in it and is made above. */
static const char *const words[N_STEPS][4] = {
  [0] = { N_("Reach the server"), N_("Reaching the server"), N_("Server reached"),
         N_("Server not reached") },
  [1 + SNUG_STEP_ROUTE] = { N_("Find a route"), N_("Looking for a route"), N_("Route found"),
                           N_("No route found") },
  [1 + SNUG_STEP_KEYS] = { N_("Check the keys"), N_("Checking the keys"), N_("Keys checked"),
                           N_("The keys do not match") },
};

static char *
step_words (SnugChecklist *self, guint step, SnugStepState state)
{
  return step == 1 + SNUG_STEP_ANSWERED ? answer_words (self,
                                                        state) : g_strdup (_(words[step][state]));
}

static const char *
state_words (SnugStepState state)
{
  switch (state)
    {
    case SNUG_STEP_RUNNING: return _("under way");
    case SNUG_STEP_DONE: return _("done");
    case SNUG_STEP_FAILED: return _("failed");
    case SNUG_STEP_WAITING:
    default: return _("not yet");
    }
}

static void
update_step (SnugChecklist *self, guint step)
{
  SnugStepState state = step_state (self, step);
  g_autofree char *text = step_words (self, step, state);
  g_autofree char *spoken = g_strdup_printf ("%s: %s", text, state_words (state));

  gtk_label_set_label (self->labels[step], text);
  gtk_stack_set_visible_child_name (self->marks[step], mark_names[state]);
  snug_accessible_set_label (self->rows[step], spoken);
  snug_css_class_set (GTK_WIDGET (self->labels[step]), "dim-label", state == SNUG_STEP_WAITING);
}

static void
update (SnugChecklist *self)
{
  g_autofree char *reason = NULL;

  for (guint i = 0; i < N_STEPS; i++)
    update_step (self, i);
  if (self->member != NULL)
    g_object_get (self->member, "error-text", &reason, NULL);
  if (reason == NULL && self->hint)
    reason = g_strdup (_("This takes longer than usual. A VPN or a firewall may keep the two devices apart; "
                         "on different networks a relay may be needed, and none is set up."));
  gtk_label_set_label (self->reason, reason != NULL ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason), reason != NULL);
  gtk_widget_set_visible (self->check, reason != NULL);
}

static gboolean
on_hint (gpointer user_data)
{
  SnugChecklist *self = user_data;

  self->hint_timer = 0;
  self->hint = TRUE;
  update (self);
  return G_SOURCE_REMOVE;
}

void
snug_checklist_set_member (SnugChecklist *self, SnugMember *member)
{
  if (self->member == member)
    return;
  if (self->member != NULL)
    g_signal_handlers_disconnect_by_func (self->member, update, self);
  g_set_object (&self->member, member);
  if (member != NULL)
    {
      g_signal_connect_object (member, "notify::steps", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (member, "notify::display-name", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (member, "notify::error-text", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
    }
  update (self);
}

/* The clock of the hint runs while somebody can see the list. */
static void
snug_checklist_map (GtkWidget *widget)
{
  SnugChecklist *self = SNUG_CHECKLIST (widget);

  GTK_WIDGET_CLASS (snug_checklist_parent_class)->map (widget);
  if (self->hint_timer == 0)
    self->hint_timer = g_timeout_add_seconds (HINT_AFTER_S, on_hint, self);
}

static void
snug_checklist_unmap (GtkWidget *widget)
{
  SnugChecklist *self = SNUG_CHECKLIST (widget);

  g_clear_handle_id (&self->hint_timer, g_source_remove);
  self->hint = FALSE;
  update (self);
  GTK_WIDGET_CLASS (snug_checklist_parent_class)->unmap (widget);
}

static void
add_mark (GtkStack *stack, const char *name, const char *icon, const char *css)
{
  GtkWidget *mark = icon != NULL ? snug_accessible_decoration_new (icon) : gtk_spinner_new ();

  if (icon == NULL)
    gtk_spinner_start (GTK_SPINNER (mark));
  gtk_widget_add_css_class (mark, css);
  gtk_stack_add_named (stack, mark, name);
}

/* By it no height asks for a width of its own: a GtkBox is told two least widths of Arabic (GTK 4.8), and says so. */
static GtkWidget *
as_a_column (GtkWidget *label)
{
  GtkWidget *column = adw_bin_new ();

  gtk_widget_set_layout_manager (column, g_object_new (SNUG_TYPE_COLUMNS, NULL));
  adw_bin_set_child (ADW_BIN (column), label);
  return column;
}

static void
add_step (SnugChecklist *self, guint step)
{
  GtkWidget *row = g_object_new (GTK_TYPE_BOX, "spacing", 12, "accessible-role",
                                 GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  GtkStack *marks = GTK_STACK (gtk_stack_new ());
  GtkWidget *label = gtk_label_new (NULL);

  add_mark (marks, "waiting", "radio-symbolic", "dim-label");
  add_mark (marks, "running", NULL, "accent");
  add_mark (marks, "done", "emblem-ok-symbolic", "success");
  add_mark (marks, "failed", "window-close-symbolic", "error");
  gtk_widget_set_valign (GTK_WIDGET (marks), GTK_ALIGN_CENTER);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (marks));
  gtk_box_append (GTK_BOX (row), as_a_column (label));
  gtk_box_append (self->steps, row);
  self->rows[step] = row;
  self->marks[step] = marks;
  self->labels[step] = GTK_LABEL (label);
}

static void
snug_checklist_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_MEMBER)
    g_value_set_object (value, SNUG_CHECKLIST (object)->member);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
snug_checklist_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_MEMBER)
    snug_checklist_set_member (SNUG_CHECKLIST (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
snug_checklist_dispose (GObject *object)
{
  SnugChecklist *self = SNUG_CHECKLIST (object);

  g_clear_handle_id (&self->hint_timer, g_source_remove);
  g_clear_object (&self->member);
  G_OBJECT_CLASS (snug_checklist_parent_class)->dispose (object);
}

static void
snug_checklist_class_init (SnugChecklistClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = snug_checklist_get_property;
  object_class->set_property = snug_checklist_set_property;
  object_class->dispose = snug_checklist_dispose;
  widget_class->map = snug_checklist_map;
  widget_class->unmap = snug_checklist_unmap;
  props[PROP_MEMBER] = g_param_spec_object ("member", NULL, NULL, SNUG_TYPE_MEMBER,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-checklist.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugChecklist, steps);
  gtk_widget_class_bind_template_child (widget_class, SnugChecklist, reason);
  gtk_widget_class_bind_template_child (widget_class, SnugChecklist, check);
}

static void
snug_checklist_init (SnugChecklist *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_STEPS; i++)
    add_step (self, i);
  update (self);
}
