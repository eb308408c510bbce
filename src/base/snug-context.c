/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-context.h"

#include <glib-object.h>

typedef struct
{
  GSourceOnceFunc func;
  gpointer        data;
  GDestroyNotify  notify;
} Post;

static gboolean
on_post (gpointer data)
{
  Post *post = data;

  post->func (post->data);
  return G_SOURCE_REMOVE;
}

static void
post_free (gpointer data)
{
  Post *post = data;

  if (post->notify != NULL)
    post->notify (post->data);
  g_free (post);
}

void
snug_context_post (GMainContext *context, GSourceOnceFunc func, gpointer data, GDestroyNotify notify)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Post *post = g_new (Post, 1);

  *post = (Post) { func, data, notify };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_post, post, post_free);
  g_source_attach (source, context);
}

GSource *
snug_context_timeout_full (GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data,
                           GDestroyNotify notify)
{
  GSource *source = g_timeout_source_new (delay_ms);

  g_source_set_callback (source, func, data, notify);
  g_source_attach (source, context);
  return source;
}

GSource *
snug_context_timeout (GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data)
{
  return snug_context_timeout_full (context, delay_ms, func, data, NULL);
}

void
snug_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
nothing (G_GNUC_UNUSED gpointer data)
{
}

void
snug_context_unref_in (GMainContext *context, gpointer object)
{
  snug_context_post (context, nothing, object, g_object_unref);
}
