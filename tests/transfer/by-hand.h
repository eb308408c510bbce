/* by-hand: members of a room who speak about a file of several holders by hand, and hand it on as far as a test likes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "transfer-mates.h"

G_BEGIN_DECLS

#define N_PIECES 12
#define SIZE (N_PIECES * SNUG_WIRE_PIECE_BYTES)
/* Of the folder: files of one byte, which come before the large one. */
#define N_SMALL 20
#define FOLDER_SIZE (N_SMALL + SIZE)

#define VIA "v1"
#define SLICE_BYTES (SNUG_WIRE_PIECE_BYTES / 4)

/* Who is who, by the order in which they come. */
enum { ANA, BO, CHI, DEE, N_HANDS };

/* A member who speaks by hand, and what it hears. */
typedef struct
{
  guint     n_asked;        /* file-pass */
  guint     n_gets;
  guint64   from_offset;    /* of the last file-get */
  char     *refused;        /* owned, nullable: the id of the last file-cancel */
  gboolean  is_refused_for_good;
  gboolean  passing;        /* the last file-passing */
  guint     n_passing;
  guint64   n_have;         /* the last have-pieces */
  gboolean  is_paused;      /* it said so */
  guint     n_answers;      /* have-pieces */
  guint     n_questions;    /* the same, with ask */
  guint64   first_hash;     /* of the last piece-hashes */
  guint     n_heirs;        /* file-heir */
  guint8    heirs_choice;   /* the first byte of what the last of them takes */
  int       n_channels;     /* that came for it; atomic */
} Hand;

/* A file that somebody hands on, as far as they like, or a folder with that behind small files. */
typedef struct
{
  guint8          *content;    /* owned */
  GBytes          *manifest;   /* owned, nullable: of a folder */
  SnugDataChannel *channel;    /* owned; of the network context */
  guint            n_small;    /* small files that were sent */
  gsize            n_sent;     /* bytes of the file */
} Supply;

typedef struct
{
  TransferMates mates;
  Hand          hands[N_HANDS];
  Supply        supply;
} ByHand;

void           by_hand_set_up    (ByHand *f, gconstpointer data);
void           by_hand_tear_down (ByHand *f, gconstpointer data);

/* One more member who speaks by hand. */
void           add_hand          (ByHand *f, const char *name, guint who);
SnugPeerLink  *link_to           (ByHand *f, guint from, const char *to);
/* What Ana says. */
void           say_via           (ByHand *f, const char *to, SnugWireType type, const char *via, guint peer);
/* What the pieces are, from the first on: @n of them. */
void           tell_some_hashes  (ByHand *f, guint n);
void           tell_hashes       (ByHand *f);
/* She offers it to whoever has a list of transfers. Returns: the row there */
SnugTransfer  *offer_by_hand     (ByHand *f, const char *to, SnugTransfers *transfers, gboolean is_folder);

/* file-get, and its channel is counted. */
void           ask_for           (ByHand *f, guint from, const char *whom, const char *id);
void           ask_for_entry     (ByHand *f, guint from, const char *whom, const char *id, guint entry);

/* What @who was asked for: the channel for it, with what is before the first piece. */
void           begin_to_bring    (ByHand *f, guint who, const char *via);
/* It is closed. */
void           stop_bringing     (ByHand *f);
/* Pieces, until Chi has them, checked or not. */
void           bring_unchecked   (ByHand *f, SnugTransfer *in, guint n_pieces);
void           bring_small_unchecked (ByHand *f, SnugTransfer *in);
/* One piece, whatever becomes of it. */
void           send_a_piece      (ByHand *f);

G_END_DECLS
