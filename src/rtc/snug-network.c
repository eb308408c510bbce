/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-network.h"

#include "snug-context.h"

static GMainContext *context;    /* made once, never freed */

/* The one lock of the house: the end of the process waits for the network's goodbye. */
static GMutex settle_mutex;
static GCond settle_cond;
static guint n_holds;

static gpointer
run (gpointer data)
{
  GMainContext *own = data;
  g_autoptr (GMainLoop) loop = g_main_loop_new (own, FALSE);

  /* Whatever runs here and asks for "the" context (GResolver, GTask) gets this one. */
  g_main_context_push_thread_default (own);
  g_main_loop_run (loop);
  g_main_context_pop_thread_default (own);
  return NULL;
}

GMainContext *
snug_network_get_context (void)
{
  if (g_once_init_enter (&context))
    {
      GMainContext *made = g_main_context_new ();

      g_thread_unref (g_thread_new ("snug-network", run, made));
      g_once_init_leave (&context, made);
    }
  return context;
}

void
snug_network_hold (void)
{
  g_mutex_lock (&settle_mutex);
  n_holds++;
  g_mutex_unlock (&settle_mutex);
}

void
snug_network_release (void)
{
  g_mutex_lock (&settle_mutex);
  n_holds--;
  g_cond_broadcast (&settle_cond);
  g_mutex_unlock (&settle_mutex);
}

static void
on_settle (gpointer data)
{
  /* All that was posted before has happened: what it held, it holds now. */
  snug_network_release ();
}

void
snug_network_settle (guint most_ms)
{
  gint64 until_us = g_get_monotonic_time () + (gint64) most_ms * 1000;

  if (g_atomic_pointer_get (&context) == NULL)
    return;
  snug_network_hold ();
  snug_context_post (context, on_settle, NULL, NULL);
  g_mutex_lock (&settle_mutex);
  while (n_holds > 0 && g_cond_wait_until (&settle_cond, &settle_mutex, until_us))
    ;
  g_mutex_unlock (&settle_mutex);
}
