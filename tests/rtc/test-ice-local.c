/* What is told of our own candidates, and when.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-ice-local.h"

#include "snug-await.h"
#include "snug-ice-agent.h"

typedef struct
{
  SnugIceLocal *local;
  SnugIceAgent *agents[2];
  GPtrArray    *told;      /* of char* */
} Fixture;

static void
on_told (const char *candidate, gpointer user_data)
{
  g_ptr_array_add (((Fixture *) user_data)->told, g_strdup (candidate));
}

static void
set_agent (Fixture *f, guint i)
{
  snug_ice_local_set_agent (f->local, snug_ice_agent_get_nice (f->agents[i]), snug_ice_agent_get_stream (f->agents[i]));
}

/* @data: the policy. The agents do not know of it. */
static void
set_up (Fixture *f, gconstpointer data)
{
  static const SnugPeerConnectionConfig config;

  f->told = g_ptr_array_new_with_free_func (g_free);
  f->local = snug_ice_local_new (g_main_context_default (), (SnugRelayPolicy) GPOINTER_TO_INT (data), on_told, f);
  for (guint i = 0; i < G_N_ELEMENTS (f->agents); i++)
    f->agents[i] = snug_ice_agent_new (g_main_context_default (), &config);
  set_agent (f, 0);
}

static void
tear_down (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  snug_ice_local_free (f->local);
  for (guint i = 0; i < G_N_ELEMENTS (f->agents); i++)
    snug_ice_agent_retire (f->agents[i]);
  snug_await_idle (NULL);
  g_ptr_array_unref (f->told);
}

static gboolean
has_told_end (Fixture *f)
{
  return f->told->len > 0 && g_str_equal (f->told->pdata[f->told->len - 1], "");
}

/* The description, which they are about, is not on its way before. */
static void
test_later (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;

  g_assert_true (snug_ice_agent_gather (f->agents[0], TRUE));
  g_assert_cmpuint (f->told->len, ==, 0);
  snug_await (NULL, has_told_end (f));
  found = snug_ice_local_get_candidates (f->local);
  g_assert_cmpuint (f->told->len, ==, found->len + 1);
  g_assert_true (snug_ice_local_is_complete (f->local));
  g_assert_cmpuint (snug_ice_local_get_direct_families (f->local), !=, 0);
}

static void
test_of_this_agent_only (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  g_assert_true (snug_ice_agent_gather (f->agents[0], TRUE));
  set_agent (f, 1);
  snug_await_idle (NULL);
  g_assert_cmpuint (f->told->len, ==, 0);
  g_assert_false (snug_ice_local_is_complete (f->local));

  g_assert_true (snug_ice_agent_gather (f->agents[1], TRUE));
  snug_await (NULL, has_told_end (f));
}

static void
test_relays_only (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;

  g_assert_true (snug_ice_agent_gather (f->agents[0], TRUE));
  snug_await (NULL, has_told_end (f));
  found = snug_ice_local_get_candidates (f->local);
  g_assert_cmpuint (found->len, ==, 0);
  g_assert_cmpuint (f->told->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, policy, func) \
  g_test_add ("/ice-local/" name, Fixture, GINT_TO_POINTER (SNUG_RELAY_ ## policy), set_up, func, tear_down)
  ADD ("later", AUTOMATIC, test_later);
  ADD ("of-this-agent-only", AUTOMATIC, test_of_this_agent_only);
  ADD ("relays-only", ONLY, test_relays_only);
#undef ADD
  return g_test_run ();
}
