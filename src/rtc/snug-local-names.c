/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-local-names.h"

#include "snug-avahi.h"
#include "snug-context.h"
#include "snug-network-scope.h"
#include "snug-token-bucket.h"

/* A browser has a name for each address of its computer; a connection that is begun anew has them told anew. */
#define NAMES_AT_ONCE 8
#define NAMES_PER_SECOND 0.1

/* Of all connections, those that were ended included: nobody has more asked by beginning a connection after the other. It is
 * enough for a room full of browsers. */
#define QUESTIONS_AT_ONCE 32
#define QUESTIONS_PER_SECOND 0.2

struct _SnugLocalNames
{
  GMainContext       *context;     /* owned until it is freed, though questions may come back after that */
  SnugLocalNamesFunc  func;
  gpointer            user_data;
  SnugTokenBucket     allowance;
  GPtrArray          *questions;   /* owned: of Question, each its own owner: those whose answer is wanted */
};

/* It goes to the main context and comes back, whatever becomes of its asker. */
typedef struct
{
  SnugLocalNames *asker;       /* owned: one reference */
  GMainContext   *context;     /* owned, until it is on its way back */
  SnugCandidate  *candidate;   /* owned */
  gboolean        is_found;
} Question;

static void
clear (gpointer data)
{
  SnugLocalNames *self = data;

  g_ptr_array_unref (self->questions);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  g_atomic_rc_box_release_full (question->asker, clear);
  g_clear_pointer (&question->context, g_main_context_unref);
  snug_candidate_free (question->candidate);
  g_free (question);
}

/* ---- Back in the network context ---- */

static void
on_answer (gpointer data)
{
  Question *question = data;
  SnugLocalNames *self = question->asker;

  if (g_ptr_array_remove_fast (self->questions, question))
    self->func (question->is_found ? question->candidate : NULL, self->user_data);
}

/* ---- In the main context ---- */

static void
answer (Question *question)
{
  g_autoptr (GMainContext) context = g_steal_pointer (&question->context);

  snug_context_post (context, on_answer, question, question_free);
}

/* @found: (iisisu): interface, protocol, name, kind of address, address, flags. The name leads to the local network or
 * nowhere: whoever answers there, or has told it, does not choose whom else we write to. */
static void
take_address (Question *question, GVariant *found)
{
  const char *text = NULL;
  g_autoptr (GInetAddress) address = NULL;

  g_variant_get_child (found, 4, "&s", &text);
  address = g_inet_address_new_from_string (text);
  question->is_found = address != NULL && snug_network_scope_is_near (address);
  if (!question->is_found)
    {
      g_debug ("local names: an address that is not of this network");
      return;
    }
  g_free (question->candidate->address);
  question->candidate->address = g_inet_address_to_string (address);
}

static void
on_resolved (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) found = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (found != NULL)
    take_address (user_data, found);
  else
    g_debug ("local names: not found: %s", error->message);
  answer (user_data);
}

static void
on_bus (G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  GVariant *arguments;

  if (bus == NULL)
    {
      answer (question);
      return;
    }
  /* A bus that ends would end the program with it. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  arguments = g_variant_new ("(iisiu)", SNUG_AVAHI_ANY, SNUG_AVAHI_ANY, question->candidate->address, SNUG_AVAHI_ANY, 0);
  snug_avahi_call (bus, "/", SNUG_AVAHI_SERVER, "ResolveHostName", arguments, "(iisisu)", NULL, on_resolved, question);
}

static void
find_bus (gpointer data)
{
  static SnugTokenBucket allowance = SNUG_TOKEN_BUCKET_INIT (QUESTIONS_PER_SECOND, QUESTIONS_AT_ONCE);

  if (!snug_token_bucket_take (&allowance, g_get_monotonic_time ()))
    {
      g_debug ("local names: more than are asked for, of all connections");
      answer (data);
      return;
    }
  g_bus_get (G_BUS_TYPE_SYSTEM, NULL, on_bus, data);
}

/* ---- Asking ---- */

SnugLocalNames *
snug_local_names_new (GMainContext *context, SnugLocalNamesFunc func, gpointer user_data)
{
  SnugLocalNames *self = g_atomic_rc_box_new0 (SnugLocalNames);

  self->context = g_main_context_ref (context);
  self->func = func;
  self->user_data = user_data;
  self->allowance = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (NAMES_PER_SECOND, NAMES_AT_ONCE);
  self->questions = g_ptr_array_new ();
  return self;
}

void
snug_local_names_ask (SnugLocalNames *self, const SnugCandidate *candidate)
{
  Question *question;

  if (!snug_token_bucket_take (&self->allowance, g_get_monotonic_time ()))
    {
      g_debug ("local names: more than are asked for");
      return;
    }
  question = g_new0 (Question, 1);
  question->asker = g_atomic_rc_box_acquire (self);
  question->context = g_main_context_ref (self->context);
  question->candidate = snug_candidate_copy (candidate);
  g_ptr_array_add (self->questions, question);
  snug_context_post (NULL, find_bus, question, NULL);
}

gboolean
snug_local_names_is_waiting (SnugLocalNames *self)
{
  return self->questions->len > 0;
}

void
snug_local_names_forget (SnugLocalNames *self)
{
  g_ptr_array_set_size (self->questions, 0);
}

void
snug_local_names_free (SnugLocalNames *self)
{
  snug_local_names_forget (self);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_atomic_rc_box_release_full (self, clear);
}
