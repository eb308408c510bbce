/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-room-pane.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-checklist.h"
#include "snug-columns.h"
#include "snug-file-words.h"
#include "snug-invite-card.h"
#include "snug-member-row.h"
#include "snug-notes.h"
#include "snug-secret-page.h"
#include "snug-start-page.h"
#include "snug-words.h"

struct _SnugRoomPane
{
  AdwBin          parent_instance;

  /* Owned */
  SnugSession    *session;
  SnugSettings   *settings;

  /* Template */
  GtkStack       *stack;
  SnugStartPage  *start;
  GtkSpinner     *starting_spinner;
  GtkLabel       *starting_title;
  SnugChecklist  *starting_steps;
  GtkLabel       *starting_trouble;
  SnugSecretPage *secret;
  AdwStatusPage  *over;
  GtkButton      *over_button;
  GtkWidget      *over_back;
  GtkLabel       *over_left;
  GtkWidget      *over_files;
  GtkWidget      *over_check;
  SnugColumns    *columns;
  GtkWidget      *invite;
  GtkWidget      *connecting;
  GtkLabel       *connecting_title;
  SnugChecklist  *connecting_steps;
  GtkLabel       *people_count;
  GtkListBox     *people;
  GtkWidget      *waiting;
  GtkWidget      *lock_list;
  AdwActionRow   *lock_row;
  GtkSwitch      *lock;
  SnugNotes      *caveats;
  GtkLabel       *privacy;
};

G_DEFINE_FINAL_TYPE (SnugRoomPane, snug_room_pane, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_SETTINGS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

void
snug_room_pane_focus_join (SnugRoomPane *self)
{
  snug_start_page_focus_join (self->start);
}

void
snug_room_pane_show_secret_error (SnugRoomPane *self, const char *text)
{
  snug_secret_page_show_error (self->secret, text);
}

void
snug_room_pane_show_join_error (SnugRoomPane *self, const char *text)
{
  snug_start_page_show_error (self->start, text);
  snug_start_page_focus_join (self->start);
}

/* --- Which page --- */

static const char *
page_for (SnugSession *session)
{
  switch (snug_session_get_state (session))
    {
    case SNUG_SESSION_EMPTY: return "start";
    case SNUG_SESSION_STARTING:
    case SNUG_SESSION_PENDING: return "starting";
    case SNUG_SESSION_FAILED: return snug_secret_page_is_for (session) ? "secret" : "over";
    case SNUG_SESSION_WAITING:
    case SNUG_SESSION_CONNECTING:
    case SNUG_SESSION_CONNECTED:
    case SNUG_SESSION_RECONNECTING:
    case SNUG_SESSION_NO_SERVER:
    default: return "room";
    }
}

static void
update_starting (SnugRoomPane *self)
{
  const char *code = snug_session_get_code (self->session);
  g_autofree char *title = code != NULL ? g_strdup_printf (_("Joining %s…"),
                                                           code) : g_strdup (_("Opening a room…"));
  const char *trouble = snug_session_get_trouble (self->session);
  gboolean starting = snug_session_get_state (self->session) == SNUG_SESSION_STARTING;
  gboolean pending = snug_session_get_state (self->session) == SNUG_SESSION_PENDING;

  if (pending && trouble == NULL)
    trouble = _("The host is asked.");
  gtk_label_set_label (self->starting_title, pending ? _("Waiting to be let in") : title);
  gtk_spinner_set_spinning (self->starting_spinner, starting || pending);
  /* Who is asked has been reached, and takes as long as a person does. */
  gtk_widget_set_visible (GTK_WIDGET (self->starting_steps), code != NULL && !pending);
  gtk_label_set_label (self->starting_trouble, trouble != NULL ? trouble : "");
  gtk_widget_set_visible (GTK_WIDGET (self->starting_trouble), trouble != NULL);
}

/* They can go on in another room. */
static void
update_left (SnugRoomPane *self)
{
  GListModel *unfinished = snug_session_get_unfinished (self->session);
  guint n = g_list_model_get_n_items (unfinished);
  g_autofree char *names = snug_words_unfinished_list (unfinished);
  g_autofree char *words = g_strdup_printf (ngettext ("This can go on when it is offered again:\n%s",
                                                      "These can go on when they are offered again:\n%s", n), names);

  gtk_label_set_label (self->over_left, words);
  gtk_widget_set_visible (GTK_WIDGET (self->over_left), n > 0);
  gtk_widget_set_visible (self->over_files, n > 0);
}

/* Whether a check-up of it may tell more. */
static gboolean
is_about_connection (const GError *error)
{
  return g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_UNREACHABLE)
         || g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_NO_ROUTE);
}

/* AdwStatusPage takes markup, and an error may quote what a server said. */
static void
update_over (SnugRoomPane *self)
{
  g_autoptr (SnugProblem) problem = snug_problem_new (self->session);
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;

  if (problem == NULL || !problem->over)
    return;
  title = g_markup_escape_text (problem->title, -1);
  body = g_markup_escape_text (problem->body, -1);
  adw_status_page_set_title (self->over, title);
  adw_status_page_set_description (self->over, body);
  gtk_button_set_label (self->over_button, problem->button);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->over_button), problem->action);
  gtk_widget_set_visible (self->over_check, is_about_connection (snug_session_get_error (self->session)));
  gtk_widget_set_visible (self->over_back, g_strcmp0 (problem->action, "room.start-over") != 0);
}

/* Who comes into an empty room is to invite somebody: else GTK puts the focus on the first thing that takes it, which is
   the code, and selects it. Nothing is taken from another pane or from a dialog. */
static void
focus_invite (SnugRoomPane *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  gboolean is_alone = g_list_model_get_n_items (snug_session_get_members (self->session)) == 0;

  if (is_alone && gtk_widget_get_mapped (GTK_WIDGET (self))
      && (focus == NULL || gtk_widget_is_ancestor (focus, GTK_WIDGET (self))))
    gtk_widget_grab_focus (self->invite);
}

/* The secret is asked for each time that its page comes, not while somebody types. */
static void
show_page (SnugRoomPane *self, const char *page)
{
  gboolean new = g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), page) != 0;

  gtk_stack_set_visible_child_name (self->stack, page);
  if (new && g_str_equal (page, "secret"))
    snug_secret_page_show (self->secret, self->session);
  if (new && g_str_equal (page, "room"))
    focus_invite (self);
}

static SnugMember *
find_connecting (SnugRoomPane *self)
{
  GListModel *members = snug_session_get_members (self->session);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (snug_member_get_state (member) == SNUG_MEMBER_CONNECTING)
        return member; /* the model keeps it */
    }
  return NULL;
}

/* Only while nobody is connected: later arrivals have the same list in their own row. */
static void
update_connecting (SnugRoomPane *self)
{
  SnugMember *member = find_connecting (self);
  gboolean shown = member != NULL
                   && snug_session_get_state (self->session) == SNUG_SESSION_CONNECTING;
  g_autofree char *title = NULL;

  gtk_widget_set_visible (self->connecting, shown);
  snug_checklist_set_member (self->connecting_steps, shown ? member : NULL);
  if (!shown)
    return;
  title = g_strdup_printf (_("Connecting to %s…"), snug_member_get_display_name (member));
  gtk_label_set_label (self->connecting_title, title);
}

static void
update_people_count (SnugRoomPane *self)
{
  guint n_people = g_list_model_get_n_items (snug_session_get_members (self->session)) + 1;
  guint capacity;
  g_autofree char *text = NULL;

  g_object_get (self->session, "capacity", &capacity, NULL);
  /* Translators: how many are in the room, and how many fit: "2 of 10". */
  text = g_strdup_printf (_("%u of %u"), n_people, capacity);
  gtk_label_set_label (self->people_count, text);
  gtk_widget_set_visible (self->waiting, n_people == 1);
  /* One below the other, the invite comes before whoever it is for, and after those who are there. */
  g_object_set (self->columns, "second-first", n_people > 1, NULL);
}

static void
update (SnugRoomPane *self)
{
  const char *page = page_for (self->session);
  g_autofree char *privacy = snug_words_privacy (self->session);
  g_auto (GStrv) caveats = snug_words_caveats (self->session);

  if (!g_str_equal (page, "start") && !g_str_equal (page, "over"))
    snug_start_page_clear (self->start);
  snug_start_page_set_shuts_browsers_out (self->start, snug_session_get_shuts_browsers_out (self->session));
  update_starting (self);
  update_over (self);
  update_left (self);
  update_connecting (self);
  update_people_count (self);
  gtk_widget_set_sensitive (self->lock_list, snug_session_get_state (self->session) != SNUG_SESSION_NO_SERVER);
  snug_notes_set_lines (self->caveats, (const char *const *) caveats);
  gtk_label_set_label (self->privacy, privacy);
  show_page (self, page);
}

/* --- The lock --- */

/* It stands where the server says, and a press asks for the change. */
static gboolean
on_lock_pressed (GtkSwitch *lock, gboolean on, SnugRoomPane *self)
{
  gboolean locked;

  g_object_get (self->session, "locked", &locked, NULL);
  if (on != locked)
    snug_session_lock (self->session, on);
  return TRUE;
}

static void
update_lock (SnugRoomPane *self)
{
  gboolean locked;

  g_object_get (self->session, "locked", &locked, NULL);
  gtk_switch_set_active (self->lock, locked);
  gtk_switch_set_state (self->lock, locked);
  adw_action_row_set_subtitle (self->lock_row, snug_session_get_private (self->session)
                                                 ? _("People with the secret ask you first") : _("Nobody new can enter"));
}

/* --- People --- */

static gboolean
own_name (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  const char *name = g_value_get_string (from);

  if (name != NULL && *name != '\0')
    /* Translators: one's own name in the list of people. */
    g_value_take_string (to, g_strdup_printf (_("%s (you)"), name));
  else
    g_value_set_string (to, _("You"));
  return TRUE;
}

static GtkWidget *
tag_new (const char *text)
{
  GtkWidget *tag = gtk_label_new (text);

  gtk_widget_add_css_class (tag, "tag");
  gtk_widget_set_valign (tag, GTK_ALIGN_CENTER);
  return tag;
}

static GtkWidget *
own_row_new (SnugSession *session)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "subtitle",
                                 _("This computer"), NULL);
  GtkWidget *icon = snug_accessible_decoration_new ("computer-symbolic");
  GtkWidget *host = tag_new (_("Host"));
  GtkWidget *rename = gtk_button_new_from_icon_name ("document-edit-symbolic");

  gtk_widget_add_css_class (icon, "device-icon");
  gtk_widget_set_valign (icon, GTK_ALIGN_CENTER);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  gtk_widget_add_css_class (rename, "flat");
  gtk_widget_set_valign (rename, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (rename, _("Change Your Name"));
  snug_accessible_set_label (rename, _("Change Your Name"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (rename), "room.rename");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), host);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), rename);
  g_object_bind_property (session, "is-host", host, "visible", G_BINDING_SYNC_CREATE);
  g_object_bind_property_full (session, "name", row, "title", G_BINDING_SYNC_CREATE, own_name, NULL,
                               NULL, NULL);
  return row;
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  SnugRoomPane *self = user_data;
  GtkWidget *row;

  if (!SNUG_IS_MEMBER (item))
    return own_row_new (item);
  row = snug_member_row_new (item);
  snug_member_row_watch_host (SNUG_MEMBER_ROW (row), self->session);
  return row;
}

static void
bind_people (SnugRoomPane *self)
{
  GListStore *lists = g_list_store_new (G_TYPE_LIST_MODEL);
  GListStore *self_only = g_list_store_new (SNUG_TYPE_SESSION);
  g_autoptr (GtkFlattenListModel) everybody = NULL;

  g_list_store_append (self_only, self->session);
  g_list_store_append (lists, self_only);
  g_list_store_append (lists, snug_session_get_members (self->session));
  g_object_unref (self_only);
  everybody = gtk_flatten_list_model_new (G_LIST_MODEL (lists));
  gtk_list_box_bind_model (self->people, G_LIST_MODEL (everybody), create_row, self, NULL);
}

static void
on_members_changed (GListModel *members, guint position, guint n_removed, guint n_added,
                    gpointer user_data)
{
  SnugRoomPane *self = user_data;

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      g_signal_connect_object (member, "notify::state", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (member, "notify::display-name", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
    }
  update (self);
}

static void
watch_session (SnugRoomPane *self)
{
  static const char *const watched[] = { "notify::state", "notify::code", "notify::error",
                                        "notify::trouble", "notify::capacity", "notify::server",
                                        "notify::rounds-proxy", "notify::lacks-relay", "notify::announcement" };
  GListModel *members = snug_session_get_members (self->session);

  snug_start_page_set_session (self->start, self->session);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (self->session, watched[i], G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (members, "items-changed", G_CALLBACK (on_members_changed), self, 0);
  g_signal_connect_object (snug_session_get_unfinished (self->session), "items-changed", G_CALLBACK (update_left), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::locked", G_CALLBACK (update_lock), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::private", G_CALLBACK (update_lock), self, G_CONNECT_SWAPPED);
  g_object_bind_property (self->session, "is-host", self->lock_list, "visible", G_BINDING_SYNC_CREATE);
  update_lock (self);
  bind_people (self);
  on_members_changed (members, 0, 0, g_list_model_get_n_items (members), self);
}

/* --- Life --- */

static void
snug_room_pane_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  SnugRoomPane *self = SNUG_ROOM_PANE (object);

  switch (prop_id)
    {
    case PROP_SESSION: g_value_set_object (value, self->session); break;
    case PROP_SETTINGS: g_value_set_object (value, self->settings); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_room_pane_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  SnugRoomPane *self = SNUG_ROOM_PANE (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      if (g_set_object (&self->session, g_value_get_object (value)) && self->session != NULL)
        watch_session (self);
      break;
    case PROP_SETTINGS: g_set_object (&self->settings, g_value_get_object (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_room_pane_dispose (GObject *object)
{
  SnugRoomPane *self = SNUG_ROOM_PANE (object);

  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (snug_room_pane_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-room-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, stack);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, start);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, starting_spinner);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, starting_title);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, starting_steps);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, starting_trouble);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, secret);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, over);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, over_button);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, over_back);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, over_left);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, over_files);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, over_check);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, columns);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, invite);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, connecting);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, connecting_title);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, connecting_steps);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, people_count);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, people);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, waiting);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, lock_list);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, lock_row);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, lock);
  gtk_widget_class_bind_template_callback (widget_class, on_lock_pressed);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, caveats);
  gtk_widget_class_bind_template_child (widget_class, SnugRoomPane, privacy);
}

static void
snug_room_pane_class_init (SnugRoomPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = snug_room_pane_get_property;
  object_class->set_property = snug_room_pane_set_property;
  object_class->dispose = snug_room_pane_dispose;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, SNUG_TYPE_SESSION, flags);
  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, SNUG_TYPE_SETTINGS, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (SNUG_TYPE_CHECKLIST);
  g_type_ensure (SNUG_TYPE_COLUMNS);
  g_type_ensure (SNUG_TYPE_INVITE_CARD);
  g_type_ensure (SNUG_TYPE_NOTES);
  g_type_ensure (SNUG_TYPE_SECRET_PAGE);
  g_type_ensure (SNUG_TYPE_START_PAGE);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
snug_room_pane_init (SnugRoomPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  snug_accessible_name_status_page (self->over);
}
