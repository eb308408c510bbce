/* snug-path-mtu: how large a packet may be on the way to the peer, found out by trying (RFC 8899).
 *
 * Begins with the size that fits everywhere, sends probes of larger ones, and grows to what was answered. Once it
 * has grown, it probes that size again while something waits for the peer's word: when no probe is answered any
 * more, it is back at the first size. Nobody has to be believed for it, as ICMP would have to be.
 *
 * Belongs to the network context of its peer connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of SCTP packets that are worth a try. With DTLS (37), UDP (8) and IPv6 (40) the first fits into the 1,492
 * bytes of PPPoE, the second, for networks of one's own, into the 9,000 of jumbo frames. */
#define SNUG_PATH_MTU_FAR 1400
#define SNUG_PATH_MTU_NEAR 8912

typedef struct _SnugPathMtu SnugPathMtu;

typedef struct
{
  /* Send a probe of @n_bytes; @number comes back by snug_path_mtu_answered(). */
  void     (*probe)      (gpointer user_data, guint32 number, gsize n_bytes);

  /* Packets may be of so many bytes from now on. */
  void     (*changed)    (gpointer user_data, gsize n_bytes);

  /* Whether something was sent that the peer has not acknowledged. */
  gboolean (*is_waiting) (gpointer user_data);
} SnugPathMtuUser;

/* @least: bytes of a packet that fits everywhere; nothing is probed before the first search */
SnugPathMtu *snug_path_mtu_new  (GMainContext *context, gsize least, const SnugPathMtuUser *user, gpointer user_data);
void         snug_path_mtu_free (SnugPathMtu *self);

/**
 * snug_path_mtu_search:
 * @most: bytes of the largest packet worth a try
 *
 * It may be another path now. What is in use has to be answered there, too, or is given up.
 */
void         snug_path_mtu_search   (SnugPathMtu *self, gsize most);

void         snug_path_mtu_answered (SnugPathMtu *self, guint32 number);
gsize        snug_path_mtu_get      (SnugPathMtu *self);

G_END_DECLS
