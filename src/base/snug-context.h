/* snug-context: timers and messages on a named GMainContext.
 *
 * Objects below the session belong to one context for life and never touch the default one by
 * accident; these are the only ways they arm a timer or speak to another context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * snug_context_post:
 * @context: (nullable): %NULL means the default context
 * @func: run once in @context, never before this call returns, in the order of posting
 * @notify: (nullable): frees @data in @context after @func, also when the context goes first
 */
void snug_context_post (GMainContext *context, GSourceOnceFunc func, gpointer data, GDestroyNotify notify);

/**
 * snug_context_timeout:
 * @delay_ms: milliseconds
 * @func: returns %G_SOURCE_CONTINUE to be called again after another @delay_ms
 *
 * Returns: (transfer full): the attached source; end it with snug_clear_source()
 */
GSource *snug_context_timeout (GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data);

/**
 * snug_context_timeout_full:
 * @notify: frees @data when the timer has ended, by itself, by snug_clear_source(), or with @context
 *
 * As snug_context_timeout(), for a timer that holds who waits for it.
 *
 * Returns: (transfer full): the attached source
 */
GSource *snug_context_timeout_full (GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data,
                                    GDestroyNotify notify);

/* Destroys and unrefs *@source if it is set, and clears it. May run twice. */
void snug_clear_source (GSource **source);

/**
 * snug_context_unref_in:
 *
 * Drops @object's reference in @context: the last unref of an object of another thread happens there.
 */
void snug_context_unref_in (GMainContext *context, gpointer object);

G_END_DECLS
