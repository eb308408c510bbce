/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-calm-list.h"

#define REST_MS 20

/* Behind frames (GDK_PRIORITY_REDRAW is 20 behind high idle): on a busy machine the rest is over before the frame that
 * it is for was there, and the next items would be work of the same one. */
#define REST_PRIORITY (G_PRIORITY_HIGH_IDLE + 30)

/* And before anything else then: where something moves all the time and a frame takes longer than the next one has time
 * for, there is always one to be drawn first. */
#define REST_AT_MOST_MS 200

/* A row of the chat costs two milliseconds or three: a handful is a frame that nobody sees as a halt. A full room in
 * which all talk as fast as they may (PROTOCOL.md, limits) is faster than that: the more wait, the more are told. */
#define FEW_AT_ONCE 4
#define MOST_AT_ONCE 16
#define TOLD_OF_WAITING 16

struct _SnugCalmList
{
  GObject     parent_instance;

  /* Owned */
  GListModel *source;
  GPtrArray  *items;       /* as it was told */
  GPtrArray  *added;       /* at the end, not told yet */

  guint       n_dropped;   /* of @items, from the front, not told yet */
  guint       resting;     /* source of the end of the rest; 0: what comes is told without delay */
  guint       overdue;     /* source that ends the rest whatever else there is to do */
  guint       telling;     /* source; 0: nothing is to be told, or not before the rest is over */
};

static void snug_calm_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SnugCalmList, snug_calm_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, snug_calm_list_model_init))

/* --- Telling --- */

static void
tell_dropped (SnugCalmList *self)
{
  guint n = self->n_dropped;

  if (n == 0)
    return;
  self->n_dropped = 0;
  g_ptr_array_remove_range (self->items, 0, n);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

static void
tell_added (SnugCalmList *self)
{
  guint n_before = self->items->len;
  guint n_wanted = CLAMP (self->added->len / TOLD_OF_WAITING, FEW_AT_ONCE, MOST_AT_ONCE);
  guint n = MIN (self->added->len, n_wanted);

  if (n == 0)
    return;
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->items, g_object_ref (g_ptr_array_index (self->added, i)));
  g_ptr_array_remove_range (self->added, 0, n);
  g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, n);
}

static gboolean
has_something_to_tell (SnugCalmList *self)
{
  return self->n_dropped > 0 || self->added->len > 0;
}

static gboolean on_rested (gpointer user_data);

/* The rest begins when all is told: it is for frames, however slow the machine. */
static void
tell (SnugCalmList *self)
{
  tell_dropped (self);
  tell_added (self);
  self->resting = g_timeout_add_full (REST_PRIORITY, REST_MS, on_rested, self, NULL);
  self->overdue = g_timeout_add (REST_AT_MOST_MS, on_rested, self);
}

static void
end_rest (SnugCalmList *self)
{
  g_clear_handle_id (&self->resting, g_source_remove);
  g_clear_handle_id (&self->overdue, g_source_remove);
}

static gboolean
on_rested (gpointer user_data)
{
  SnugCalmList *self = user_data;

  end_rest (self);
  if (has_something_to_tell (self))
    tell (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_tell (gpointer user_data)
{
  SnugCalmList *self = user_data;

  self->telling = 0;
  tell (self);
  return G_SOURCE_REMOVE;
}

/* The first not at once either: what comes in the same turn of the loop is told with it, and before the next frame. */
static void
tell_soon (SnugCalmList *self)
{
  if (self->resting == 0 && self->telling == 0)
    self->telling = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_tell, self, NULL);
}

/* --- Listening --- */

static void
take (SnugCalmList *self, GPtrArray *into, guint position, guint n)
{
  for (guint i = position; i < position + n; i++)
    g_ptr_array_add (into, g_list_model_get_item (self->source, i));
}

static void
begin_again (SnugCalmList *self)
{
  guint n_before = self->items->len;

  self->n_dropped = 0;
  g_ptr_array_set_size (self->added, 0);
  g_ptr_array_set_size (self->items, 0);
  take (self, self->items, 0, g_list_model_get_n_items (self->source));
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->items->len);
}

static void
on_source_changed (SnugCalmList *self, guint position, guint n_removed, guint n_added, GListModel *source)
{
  guint n_before = g_list_model_get_n_items (source) - n_added + n_removed;

  if (n_removed == 0 && position == n_before)
    take (self, self->added, position, n_added);
  else if (n_added == 0 && position == 0 && n_removed <= self->items->len - self->n_dropped
           && n_removed < n_before)
    self->n_dropped += n_removed;
  else
    {
      begin_again (self);
      return;
    }
  tell_soon (self);
}

/* --- As a list --- */

static GType
snug_calm_list_get_item_type (GListModel *model)
{
  return g_list_model_get_item_type (SNUG_CALM_LIST (model)->source);
}

static guint
snug_calm_list_get_n_items (GListModel *model)
{
  return SNUG_CALM_LIST (model)->items->len;
}

static gpointer
snug_calm_list_get_item (GListModel *model, guint position)
{
  SnugCalmList *self = SNUG_CALM_LIST (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position)) : NULL;
}

static void
snug_calm_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = snug_calm_list_get_item_type;
  iface->get_n_items = snug_calm_list_get_n_items;
  iface->get_item = snug_calm_list_get_item;
}

/* --- Life --- */

SnugCalmList *
snug_calm_list_new (GListModel *source)
{
  SnugCalmList *self = g_object_new (SNUG_TYPE_CALM_LIST, NULL);

  self->source = g_object_ref (source);
  take (self, self->items, 0, g_list_model_get_n_items (source));
  g_signal_connect_object (source, "items-changed", G_CALLBACK (on_source_changed), self, G_CONNECT_SWAPPED);
  return self;
}

static void
snug_calm_list_dispose (GObject *object)
{
  SnugCalmList *self = SNUG_CALM_LIST (object);

  g_clear_handle_id (&self->telling, g_source_remove);
  end_rest (self);
  G_OBJECT_CLASS (snug_calm_list_parent_class)->dispose (object);
}

static void
snug_calm_list_finalize (GObject *object)
{
  SnugCalmList *self = SNUG_CALM_LIST (object);

  g_clear_object (&self->source);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->added);
  G_OBJECT_CLASS (snug_calm_list_parent_class)->finalize (object);
}

static void
snug_calm_list_class_init (SnugCalmListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = snug_calm_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = snug_calm_list_finalize;
}

static void
snug_calm_list_init (SnugCalmList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->added = g_ptr_array_new_with_free_func (g_object_unref);
}
