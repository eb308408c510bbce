/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-network.h"

static gpointer
run (gpointer data)
{
  GMainContext *context = data;
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);

  /* Whatever runs here and asks for "the" context (GResolver, GTask) gets this one. */
  g_main_context_push_thread_default (context);
  g_main_loop_run (loop);
  g_main_context_pop_thread_default (context);
  return NULL;
}

GMainContext *
snug_network_get_context (void)
{
  static GMainContext *context;

  if (g_once_init_enter (&context))
    {
      GMainContext *made = g_main_context_new ();

      g_thread_unref (g_thread_new ("snug-network", run, made));
      g_once_init_leave (&context, made);
    }
  return context;
}

gboolean
snug_network_is_current (GMainContext *context)
{
  return g_main_context_is_owner (context);
}
