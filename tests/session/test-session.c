/* Two people's sessions with the real built-in server between them, in one process.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-session.h"
#include "snug-temp-folder.h"

#include <string.h>

typedef struct
{
  SnugSession *host;
  SnugSession *guest;
  char        *path;
} Fixture;

static SnugSession *
make_session (Fixture *f, const char *name)
{
  g_autoptr (GFile) folder = g_file_new_for_path (f->path);

  return g_object_new (SNUG_TYPE_SESSION, "name", name, "listen", "127.0.0.1:0", "save-to", folder, NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->path = snug_temp_folder_new ();
  f->host = make_session (f, "Ana");
  f->guest = make_session (f, "Bo");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  snug_session_leave (f->guest);
  snug_session_leave (f->host);
  snug_await_idle (NULL);
  g_clear_object (&f->guest);
  g_clear_object (&f->host);
  snug_await_idle (NULL);
  snug_temp_folder_free (f->path);
}

static gboolean
is (SnugSession *session, SnugSessionState state)
{
  return snug_session_get_state (session) == state;
}

static void
create (Fixture *f)
{
  snug_session_create (f->host, TRUE);
  snug_await (NULL, !is (f->host, SNUG_SESSION_STARTING));
  g_assert_no_error (snug_session_get_error (f->host));
  g_assert_true (is (f->host, SNUG_SESSION_WAITING));
}

static void
join (Fixture *f, const char *invite)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (snug_session_join (f->guest, invite, &error));
  g_assert_no_error (error);
}

static void
meet (Fixture *f)
{
  create (f);
  join (f, snug_session_get_link (f->host));
  snug_await (NULL, is (f->host, SNUG_SESSION_CONNECTED) && is (f->guest, SNUG_SESSION_CONNECTED));
}

static guint
n_items (GListModel *model)
{
  return g_list_model_get_n_items (model);
}

static void
assert_last_line (SnugSession *session, const char *text)
{
  GListModel *messages = snug_session_get_messages (session);
  g_autoptr (SnugMessage) last = g_list_model_get_item (messages, n_items (messages) - 1);

  g_assert_cmpint (snug_message_get_kind (last), ==, SNUG_MESSAGE_SYSTEM);
  g_assert_cmpstr (snug_message_get_text (last), ==, text);
}

static void
assert_first_line (SnugSession *session, const char *text)
{
  g_autoptr (SnugMessage) first = g_list_model_get_item (snug_session_get_messages (session), 0);

  g_assert_nonnull (first);
  g_assert_cmpstr (snug_message_get_text (first), ==, text);
}

static void
test_create_join_talk_leave (Fixture *f, gconstpointer data)
{
  SnugMessage *said;
  g_autoptr (SnugMember) ana = NULL;
  guint n;

  meet (f);
  g_assert_cmpstr (snug_session_get_code (f->host), ==, snug_session_get_code (f->guest));
  g_assert_cmpuint (n_items (snug_session_get_members (f->guest)), ==, 1);
  ana = g_list_model_get_item (snug_session_get_members (f->guest), 0);
  g_assert_cmpstr (snug_member_get_display_name (ana), ==, "Ana");

  assert_first_line (f->guest, "Earlier messages are not shown.");
  assert_first_line (f->host, "Bo joined");
  n = n_items (snug_session_get_messages (f->guest));
  said = snug_session_say (f->host, "Come in", NULL);
  snug_await (NULL, snug_message_get_delivery (said) == SNUG_DELIVERY_DELIVERED);
  g_assert_cmpuint (n_items (snug_session_get_messages (f->guest)), ==, n + 1);

  g_object_set (f->host, "name", "Anna", NULL);
  snug_await (NULL, g_strcmp0 (snug_member_get_display_name (ana), "Anna") == 0);
  assert_last_line (f->guest, "Ana is now Anna");

  snug_session_leave (f->guest);
  g_assert_true (is (f->guest, SNUG_SESSION_EMPTY));
  snug_await (NULL, is (f->host, SNUG_SESSION_WAITING));
  g_assert_cmpuint (n_items (snug_session_get_members (f->host)), ==, 0);
}

static void
on_offered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  snug_session_offer_file_finish (SNUG_SESSION (object), result, (GError **) user_data);
}

static void
test_a_file_by_policy (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->path, "letter.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (SnugTransfer) transfer = NULL;
  g_autofree char *name = NULL;

  g_assert_true (g_file_set_contents (path, "Dear Bo", -1, NULL));
  g_object_set (f->guest, "accept-policy", (int) SNUG_ACCEPT_ALL, NULL);
  meet (f);
  snug_session_offer_file (f->host, file, NULL, on_offered, NULL);
  snug_await (NULL, n_items (snug_session_get_transfers (f->guest)) == 1);
  transfer = g_list_model_get_item (snug_session_get_transfers (f->guest), 0);
  snug_await (NULL, snug_transfer_get_state (transfer) == SNUG_TRANSFER_DONE);
  /* the two share a folder here: both are kept */
  name = g_file_get_basename (snug_transfer_get_file (transfer));
  g_assert_cmpstr (name, ==, "letter (2).txt");
}

static void
on_hashed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(char **) user_data = snug_session_hash_finish (SNUG_SESSION (object), result, &error);
  g_assert_no_error (error);
}

static void
on_hash_failed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_assert_null (snug_session_hash_finish (SNUG_SESSION (object), result, user_data));
}

static SnugTransfer *
transfer_of (SnugSession *session, guint i)
{
  g_autoptr (SnugTransfer) transfer = NULL;

  snug_await (NULL, n_items (snug_session_get_transfers (session)) > i);
  transfer = g_list_model_get_item (snug_session_get_transfers (session), i);
  return transfer;
}

static gboolean
all_are (SnugSession *session, SnugTransferState state)
{
  return snug_transfer_get_state (transfer_of (session, 0)) == state
         && snug_transfer_get_state (transfer_of (session, 1)) == state;
}

static void
test_all_are_paused_and_hashed (Fixture *f, gconstpointer data)
{
  g_autofree char *content = g_strnfill (3000000, 'x');
  g_autofree char *expected = g_compute_checksum_for_string (G_CHECKSUM_SHA256, content, -1);
  g_autoptr (GFile) file = g_file_new_build_filename (f->path, "a", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *theirs = NULL, *ours = NULL;

  g_assert_true (g_file_set_contents (g_file_peek_path (file), content, -1, NULL));
  meet (f);
  for (guint i = 0; i < 2; i++)
    {
      snug_session_offer_file (f->host, file, NULL, on_offered, NULL);
      snug_session_hash_async (f->guest, transfer_of (f->guest, i), NULL, on_hash_failed, &error);
      snug_await (NULL, error != NULL);
      g_clear_error (&error);
    }
  for (guint i = 0; i < 2; i++)
    g_assert_true (snug_session_accept (f->guest, transfer_of (f->guest, i), NULL, NULL));
  snug_session_pause_all (f->guest);
  g_assert_true (all_are (f->guest, SNUG_TRANSFER_PAUSED));
  snug_session_resume_all (f->guest);
  snug_await (NULL, all_are (f->guest, SNUG_TRANSFER_DONE));

  snug_session_hash_async (f->guest, transfer_of (f->guest, 1), NULL, on_hashed, &theirs);
  snug_session_hash_async (f->host, transfer_of (f->host, 1), NULL, on_hashed, &ours);
  snug_await (NULL, theirs != NULL && ours != NULL);
  g_assert_cmpstr (theirs, ==, expected);
  g_assert_cmpstr (ours, ==, expected);
}

static void
test_what_cannot_be_offered (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) absent = g_file_new_build_filename (f->path, "absent", NULL);
  g_autoptr (GFile) device = g_file_new_for_path ("/dev/null");

  create (f);
  snug_session_offer_file (f->host, absent, NULL, on_offered, &error);
  snug_await (NULL, error != NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  snug_session_offer_file (f->host, device, NULL, on_offered, &error);
  snug_await (NULL, error != NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_assert_cmpuint (n_items (snug_session_get_transfers (f->host)), ==, 0);
}

static void
assert_join_refused (Fixture *f, const char *invite, SnugSessionError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (snug_session_join (f->guest, invite, &error));
  g_assert_error (error, SNUG_SESSION_ERROR, (int) code);
  g_assert_true (is (f->guest, SNUG_SESSION_EMPTY));
}

static void
test_invitations_that_are_wrong_at_once (Fixture *f, gconstpointer data)
{
  assert_join_refused (f, "", SNUG_SESSION_ERROR_BAD_INVITE);
  assert_join_refused (f, "hello", SNUG_SESSION_ERROR_BAD_INVITE);
  assert_join_refused (f, "QXWV23", SNUG_SESSION_ERROR_NO_SERVER_NAMED);
  assert_join_refused (f, "BOOK23-otter-velvet-canoe", SNUG_SESSION_ERROR_NO_SERVER_NAMED);
  assert_join_refused (f, "BOOK23-a\tb", SNUG_SESSION_ERROR_BAD_INVITE);

  create (f);
  {
    g_autoptr (GError) error = NULL;
    g_assert_false (snug_session_join (f->host, "http://127.0.0.1:1/?code=QXWV23", &error));
    g_assert_error (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_BUSY);
  }
}

static void
create_private (Fixture *f)
{
  snug_session_create (f->host, FALSE);
  snug_await (NULL, is (f->host, SNUG_SESSION_WAITING));
  g_assert_true (snug_session_get_private (f->host));
}

static void
test_a_private_room (Fixture *f, gconstpointer data)
{
  const char *link, *secret;
  g_autofree char *invite = NULL;

  create_private (f);
  link = snug_session_get_link (f->host);
  secret = strchr (link, '#');
  g_assert_nonnull (secret);
  invite = g_strdup_printf ("%s-%s", snug_session_get_code (f->host), secret + 1);
  g_assert_cmpstr (snug_session_get_invite (f->host), ==, invite);

  join (f, link);
  snug_await (NULL, is (f->guest, SNUG_SESSION_CONNECTED) && is (f->host, SNUG_SESSION_CONNECTED));
  g_assert_cmpstr (snug_session_get_link (f->guest), ==, link);
  g_assert_true (snug_session_get_private (f->guest));

  snug_session_leave (f->guest);
  g_assert_false (snug_session_get_private (f->guest));
  g_assert_null (snug_session_get_link (f->guest));
}

/* The link as far as the server knows it. */
static char *
link_without_secret (SnugSession *session)
{
  const char *link = snug_session_get_link (session);

  return g_strndup (link, strcspn (link, "#"));
}

static void
enter_secret (Fixture *f, const char *secret)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (snug_session_enter_secret (f->guest, secret, &error));
  g_assert_no_error (error);
  g_assert_true (is (f->guest, SNUG_SESSION_STARTING));
}

static void
await_failure (Fixture *f, SnugSessionError code)
{
  snug_await (NULL, is (f->guest, SNUG_SESSION_FAILED));
  g_assert_error (snug_session_get_error (f->guest), SNUG_SESSION_ERROR, (int) code);
}

static void
test_a_secret_is_asked_for (Fixture *f, gconstpointer data)
{
  g_autofree char *link = NULL;
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;

  create_private (f);
  link = link_without_secret (f->host);
  secret = g_ascii_strup (strchr (snug_session_get_link (f->host), '#') + 1, -1);
  join (f, link);
  await_failure (f, SNUG_SESSION_ERROR_SECRET_NEEDED);

  g_assert_false (snug_session_enter_secret (f->guest, "", &error));
  g_assert_error (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_BAD_INVITE);
  enter_secret (f, "otter otter otter");
  await_failure (f, SNUG_SESSION_ERROR_SECRET);
  enter_secret (f, secret);
  snug_await (NULL, is (f->guest, SNUG_SESSION_CONNECTED));
  g_assert_cmpstr (snug_session_get_link (f->guest), ==, snug_session_get_link (f->host));
}

static void
test_somebody_keeps_guessing (Fixture *f, gconstpointer data)
{
  g_autofree char *link = NULL;
  g_autofree char *wrong = NULL;

  create_private (f);
  link = link_without_secret (f->host);
  wrong = g_strconcat (link, "#wrong", NULL);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_false (snug_session_get_guessed (f->host));
      join (f, wrong);
      await_failure (f, SNUG_SESSION_ERROR_SECRET);
    }
  g_assert_true (snug_session_get_guessed (f->host));
  g_assert_true (is (f->host, SNUG_SESSION_WAITING));

  join (f, snug_session_get_link (f->host));
  snug_await (NULL, is (f->guest, SNUG_SESSION_PENDING) && snug_session_get_trouble (f->guest) != NULL);
  g_assert_cmpstr (snug_session_get_trouble (f->guest), ==,
                   "Too many wrong secrets were tried here. The host has to allow another try.");
  snug_session_let_them_try (f->host);
  g_assert_false (snug_session_get_guessed (f->host));
  snug_await (NULL, is (f->guest, SNUG_SESSION_CONNECTED));
  g_assert_null (snug_session_get_trouble (f->guest));
}

static void
test_a_page_without_its_libraries (Fixture *f, gconstpointer data)
{
  g_autofree char *page = g_build_filename (f->path, "index.html", NULL);

  g_assert_false (snug_session_get_shuts_browsers_out (f->host));
  g_object_set (f->host, "web-root", f->path, NULL);
  g_assert_false (snug_session_get_shuts_browsers_out (f->host));   /* no page at all */
  g_assert_true (g_file_set_contents (page, "", 0, NULL));
  g_assert_true (snug_session_get_shuts_browsers_out (f->host));
  create (f);
  g_assert_false (snug_session_get_shuts_browsers_out (f->host));
  snug_session_leave (f->host);
  snug_session_create (f->host, FALSE);
  snug_await (NULL, is (f->host, SNUG_SESSION_WAITING));
  g_assert_true (snug_session_get_shuts_browsers_out (f->host));
  snug_session_leave (f->host);
  g_object_set (f->host, "server", "http://127.0.0.1:9", NULL);
  g_assert_false (snug_session_get_shuts_browsers_out (f->host));   /* it has a page of its own */
}

static void
test_unknown_room (Fixture *f, gconstpointer data)
{
  g_autofree char *link = NULL;
  const char *query;

  create (f);
  query = g_strrstr (snug_session_get_link (f->host), "code=");
  link = g_strdup_printf ("%.*scode=ZZZZ99", (int) (query - snug_session_get_link (f->host)), snug_session_get_link (f->host));
  join (f, link);
  snug_await (NULL, is (f->guest, SNUG_SESSION_FAILED));
  g_assert_error (snug_session_get_error (f->guest), SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_ROOM_NOT_FOUND);
  g_assert_true (is (f->host, SNUG_SESSION_WAITING));

  /* and from there another room can be tried */
  join (f, snug_session_get_link (f->host));
  snug_await (NULL, is (f->guest, SNUG_SESSION_CONNECTED));
}

static void
test_full_room (Fixture *f, gconstpointer data)
{
  SnugSession *third = make_session (f, "Chi");

  g_object_set (f->host, "capacity", 2, NULL);
  meet (f);
  g_assert_true (snug_session_join (third, snug_session_get_link (f->host), NULL));
  snug_await (NULL, is (third, SNUG_SESSION_FAILED));
  g_assert_error (snug_session_get_error (third), SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_ROOM_FULL);
  g_assert_true (is (f->guest, SNUG_SESSION_CONNECTED));
  g_object_unref (third);
}

static gboolean
has_line (SnugSession *session, const char *text)
{
  GListModel *messages = snug_session_get_messages (session);

  for (guint i = 0; i < n_items (messages); i++)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);

      if (g_strcmp0 (snug_message_get_text (message), text) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
join_by_address (SnugSession *guest, SnugSession *host, const char *address)
{
  const char *link = snug_session_get_link (host);
  g_autoptr (GUri) uri = g_uri_parse (link, G_URI_FLAGS_NONE, NULL);
  g_autofree char *by_address = g_strdup_printf ("http://%s:%d/%s", address, g_uri_get_port (uri), strchr (link, '?'));

  g_assert_true (snug_session_join (guest, by_address, NULL));
}

static void
let_next_in (SnugSession *host)
{
  g_autofree char *name = NULL;

  snug_await (NULL, snug_session_get_knock (host) != NULL);
  name = g_strdup (snug_session_get_knock (host));
  snug_session_answer_knock (host, TRUE);
  snug_await (NULL, g_strcmp0 (snug_session_get_knock (host), name) != 0);
}

/* Two ask for it, from two addresses as nobody asks twice from one, and both are let in. */
static void
test_the_last_seat (Fixture *f, gconstpointer data)
{
  SnugSession *third = make_session (f, "Chi");
  SnugSession *late;

  g_object_set (f->host, "capacity", 2, "listen", "[::]:0", NULL);
  create_private (f);
  snug_session_lock (f->host, TRUE);
  join_by_address (f->guest, f->host, "127.0.0.1");
  join_by_address (third, f->host, "[::1]");
  snug_await (NULL, is (f->guest, SNUG_SESSION_PENDING) && is (third, SNUG_SESSION_PENDING));
  let_next_in (f->host);
  let_next_in (f->host);
  snug_await (NULL, is (f->guest, SNUG_SESSION_FAILED) || is (third, SNUG_SESSION_FAILED));
  late = is (third, SNUG_SESSION_FAILED) ? third : f->guest;
  g_assert_error (snug_session_get_error (late), SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_ROOM_FULL);
  snug_await (NULL, has_line (f->host, "The room is full.") && snug_session_get_n_connected (f->host) == 1);
  g_object_unref (third);
}

/* When the host goes, the room is over: its server was the room's. */
static gboolean
is_locked (SnugSession *session)
{
  gboolean locked;

  g_object_get (session, "locked", &locked, NULL);
  return locked;
}

static void
test_host_locks (Fixture *f, gconstpointer data)
{
  g_autoptr (SnugSession) third = make_session (f, "Chi");

  meet (f);
  snug_session_lock (f->guest, TRUE);
  snug_session_lock (f->host, TRUE);
  snug_await (NULL, is_locked (f->host) && is_locked (f->guest));
  g_assert_true (snug_session_join (third, snug_session_get_link (f->host), NULL));
  snug_await (NULL, is (third, SNUG_SESSION_FAILED));
  g_assert_cmpstr (snug_session_get_error (third)->message, ==, "The room is locked.");
  snug_session_lock (f->host, FALSE);
  snug_await (NULL, !is_locked (f->host) && !is_locked (f->guest));
}

static void
test_host_removes (Fixture *f, gconstpointer data)
{
  g_autoptr (SnugMember) bo = NULL;
  g_autoptr (SnugMember) ana = NULL;

  meet (f);
  bo = g_list_model_get_item (snug_session_get_members (f->host), 0);
  ana = g_list_model_get_item (snug_session_get_members (f->guest), 0);
  snug_session_remove_member (f->guest, ana);
  snug_session_remove_member (f->host, bo);
  snug_await (NULL, is (f->guest, SNUG_SESSION_FAILED) && n_items (snug_session_get_members (f->host)) == 0);
  g_assert_error (snug_session_get_error (f->guest), SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_REFUSED);
  snug_await (NULL, is_locked (f->host));
}

static void
test_host_leaves (Fixture *f, gconstpointer data)
{
  meet (f);
  snug_session_leave (f->host);
  snug_await (NULL, snug_session_get_n_connected (f->guest) == 0);
  snug_await (NULL, is (f->guest, SNUG_SESSION_FAILED));
  g_assert_error (snug_session_get_error (f->guest), SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_EXPIRED);
}

static void
test_port_taken (Fixture *f, gconstpointer data)
{
  g_autofree char *address = NULL;

  create (f);
  {
    g_autoptr (GUri) uri = g_uri_parse (snug_session_get_link (f->host), G_URI_FLAGS_NONE, NULL);
    address = g_strdup_printf ("127.0.0.1:%d", g_uri_get_port (uri));
  }
  g_object_set (f->guest, "listen", address, NULL);
  snug_session_create (f->guest, TRUE);
  g_assert_true (is (f->guest, SNUG_SESSION_FAILED));
  g_assert_error (snug_session_get_error (f->guest), SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_HOSTING);
}

static char *
address_of (GSocketListener *listener)
{
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_assert_cmpuint (port, !=, 0);
  return g_strdup_printf ("http://127.0.0.1:%u", port);
}

/* Cancelled, nothing is left of it. */
static void
give_up (SnugSession *session)
{
  snug_session_leave (session);
  g_assert_true (is (session, SNUG_SESSION_EMPTY));
  g_assert_null (snug_session_get_trouble (session));
  g_assert_null (snug_session_get_code (session));
}

/* It takes connections and says nothing, as one that is being woken does. */
static void
test_server_asleep (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autofree char *server = address_of (listener);
  g_autofree char *link = g_strconcat (server, "/?code=QXWV23", NULL);

  g_object_set (f->host, "server", server, NULL);
  snug_session_create (f->host, TRUE);
  join (f, link);
  g_assert_null (snug_session_get_trouble (f->host));
  snug_await (NULL, snug_session_get_trouble (f->host) != NULL && snug_session_get_trouble (f->guest) != NULL);
  g_assert_true (is (f->host, SNUG_SESSION_STARTING));
  g_assert_true (is (f->guest, SNUG_SESSION_STARTING));
  give_up (f->host);
  give_up (f->guest);
  g_socket_listener_close (listener);
}

/* Nothing is there, and then it is: nobody has to press anything. */
static void
test_server_comes (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autofree char *server = address_of (listener);
  g_autofree char *link = g_strconcat (server, "/?code=QXWV23", NULL);

  g_socket_listener_close (listener);
  join (f, link);
  snug_await (NULL, snug_session_get_trouble (f->guest) != NULL);
  g_assert_true (is (f->guest, SNUG_SESSION_STARTING));

  g_object_set (f->host, "listen", server + strlen ("http://"), NULL);
  create (f);
  /* a server, and on it not this room */
  snug_await (NULL, !is (f->guest, SNUG_SESSION_STARTING));
  g_assert_error (snug_session_get_error (f->guest), SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_ROOM_NOT_FOUND);
  g_assert_null (snug_session_get_trouble (f->guest));
}

#define ADD(name, func) g_test_add ("/session/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("create-join-talk-leave", test_create_join_talk_leave);
  ADD ("a-file-by-policy", test_a_file_by_policy);
  ADD ("all-are-paused-and-hashed", test_all_are_paused_and_hashed);
  ADD ("what-cannot-be-offered", test_what_cannot_be_offered);
  ADD ("invitations-that-are-wrong-at-once", test_invitations_that_are_wrong_at_once);
  ADD ("a-private-room", test_a_private_room);
  ADD ("a-secret-is-asked-for", test_a_secret_is_asked_for);
  ADD ("somebody-keeps-guessing", test_somebody_keeps_guessing);
  ADD ("a-page-without-its-libraries", test_a_page_without_its_libraries);
  ADD ("unknown-room", test_unknown_room);
  ADD ("full-room", test_full_room);
  ADD ("the-last-seat", test_the_last_seat);
  ADD ("host-locks", test_host_locks);
  ADD ("host-removes", test_host_removes);
  ADD ("host-leaves", test_host_leaves);
  ADD ("port-taken", test_port_taken);
  ADD ("server-asleep", test_server_asleep);
  ADD ("server-comes", test_server_comes);
  return g_test_run ();
}
