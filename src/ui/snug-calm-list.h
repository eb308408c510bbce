/* snug-calm-list: a list that changes by few items at once, with a rest for a frame after each time, however much the one
 * behind it does.
 *
 * What is added at the end and what is taken from the front is kept back and told together, the first of a
 * quiet time without delay; any other change is told at once, and whole. Until then this list stays as it was told to be:
 * the items of both are the same, their positions need not be. A widget that shows what comes in faster than
 * anybody reads listens to this one. Main context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_TYPE_CALM_LIST (snug_calm_list_get_type ())
G_DECLARE_FINAL_TYPE (SnugCalmList, snug_calm_list, SNUG, CALM_LIST, GObject)

SnugCalmList *snug_calm_list_new (GListModel *source);

G_END_DECLS
