/* snug-choice: what one member has chosen of a folder, or all of it, beside what another one has.
 *
 * Everybody counts the pieces of their own chosen files in order, from 0. A piece never reaches over the end of a
 * file, so that a chosen file and one that is not have none in common: two members who chose a file both have the same
 * pieces of it, under other numbers. Files without bytes are known from the manifest, and nobody need have them.
 *
 * Pure; any thread may use it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-offer.h"

G_BEGIN_DECLS

/* Of the same entries as any other that it is compared with. */
typedef struct
{
  SnugManifest *manifest;   /* borrowed */
  SnugPieceMap *map;        /* borrowed, of @manifest */
} SnugChoice;

/* What somebody has of it: the first @n pieces. */
typedef struct
{
  SnugChoice choice;
  guint64    n;
} SnugHeld;

/* Whether all that @wanted has from @from on is in @holder. */
gboolean      snug_choice_covers (const SnugChoice *holder, const SnugChoice *wanted, const SnugPlace *from);
/* Whether they have a file in common that has bytes. */
gboolean      snug_choice_meets  (const SnugChoice *self, const SnugChoice *other);

/**
 * snug_choice_reach:
 * @n_held: so many pieces of @holder are there
 * @n_before: so many of @wanted
 *
 * Returns: so many of @wanted are there when all has come that @holder can send in a row: @n_before if that is nothing
 */
guint64       snug_choice_reach  (const SnugChoice *holder, guint64 n_held, const SnugChoice *wanted, guint64 n_before);
/* Whether that is more than @n_before, which takes one look and no walk. */
gboolean      snug_choice_has_next (const SnugHeld *held, const SnugChoice *wanted, guint64 n_before);
/* As snug_choice_reach() when each of several sends what it can, one after the other and again. */
guint64       snug_choice_reach_by_all (const SnugHeld *held, guint n_held, const SnugChoice *wanted, guint64 n_before);
/* Returns: (transfer full): what of @wanted can be sent in a row by who has chosen @holder, from @from on */
SnugManifest *snug_choice_cut    (SnugManifest *holder, SnugManifest *wanted, const SnugPlace *from);

/**
 * snug_choice_get_hashes:
 * @offer: of the whole
 *
 * Returns: (transfer full) (nullable): those that are known in a row from @first on, one behind the other, at most @n of
 *   them; %NULL if the first is not known
 */
GBytes       *snug_choice_get_hashes  (const SnugChoice *self, const SnugOffer *offer, guint64 first, gsize n);
/* Returns: (transfer full) (nullable): SHA-256 over the first @n; %NULL if one is not known */
GBytes       *snug_choice_fingerprint (const SnugChoice *self, const SnugOffer *offer, guint64 n);

G_END_DECLS
