/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-watch.h"

struct _SnugCliWatch
{
  GListModel       *model;        /* owned */
  GPtrArray        *items;        /* owned: the model as we know it */
  SnugCliWatchFunc  func;
  gpointer          user_data;    /* borrowed */
};

static void
on_notify (GObject *item, GParamSpec *pspec, gpointer user_data)
{
  SnugCliWatch *self = user_data;

  self->func (item, SNUG_CLI_WATCH_CHANGED, g_param_spec_get_name (pspec), self->user_data);
}

static void
drop (SnugCliWatch *self, guint position)
{
  g_autoptr (GObject) item = g_ptr_array_steal_index (self->items, position);

  g_signal_handlers_disconnect_by_data (item, self);
  self->func (item, SNUG_CLI_WATCH_REMOVED, NULL, self->user_data);
}

static void
add (SnugCliWatch *self, guint position)
{
  GObject *item = g_list_model_get_item (self->model, position);

  g_ptr_array_insert (self->items, (int) position, item);
  g_signal_connect (item, "notify", G_CALLBACK (on_notify), self);
  self->func (item, SNUG_CLI_WATCH_ADDED, NULL, self->user_data);
}

static void
on_items_changed (GListModel *model, guint position, guint n_removed, guint n_added,
                  gpointer user_data)
{
  SnugCliWatch *self = user_data;

  for (guint i = 0; i < n_removed; i++)
    drop (self, position);
  for (guint i = 0; i < n_added; i++)
    add (self, position + i);
}

SnugCliWatch *
snug_cli_watch_new (GListModel *model, SnugCliWatchFunc func, gpointer user_data)
{
  SnugCliWatch *self = g_new0 (SnugCliWatch, 1);

  self->model = g_object_ref (model);
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->func = func;
  self->user_data = user_data;
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), self);
  on_items_changed (model, 0, 0, g_list_model_get_n_items (model), self);
  return self;
}

void
snug_cli_watch_free (SnugCliWatch *self)
{
  g_signal_handlers_disconnect_by_data (self->model, self);
  for (guint i = 0; i < self->items->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->items, i), self);
  g_ptr_array_unref (self->items);
  g_object_unref (self->model);
  g_free (self);
}
