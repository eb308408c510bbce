/* snug-usrsctp: the one usrsctp of the process: its settings, its clock and who is who.
 *
 * usrsctp runs without threads of its own. Everything that uses it at one time must live in one
 * thread (the network thread in the programs); contexts may differ.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that an association takes before the peer has acknowledged any of them, at first. */
#define SNUG_USRSCTP_SEND_BUFFER (512 * 1024)

typedef struct
{
  /* A packet to be sent. Called from inside usrsctp, which must not be entered from here. */
  void (*output) (gpointer user_data, guint8 *packet, gsize n_bytes);

  /* The clock has ticked: sockets may have something new. */
  void (*ticked) (gpointer user_data);
} SnugUsrsctpUser;

/**
 * snug_usrsctp_add:
 *
 * Returns: the address to give to usrsctp for AF_CONN; never 0, never used again
 */
guintptr snug_usrsctp_add    (GMainContext *context, const SnugUsrsctpUser *user, gpointer user_data);
void     snug_usrsctp_remove (guintptr address);

/**
 * snug_usrsctp_set_high_speed:
 * @on: %FALSE: windows grow and shrink as RFC 9260 section 7.2 says
 *
 * Of the sockets that are opened from now on. usrsctp's HighSpeed TCP (RFC 3649) grows several-fold in a round trip when
 * it begins, and ever after gives back what fits the largest window that it then had: a quarter, where a standard one
 * halves. That is for associations that share no queue.
 */
void     snug_usrsctp_set_high_speed (gboolean on);

G_END_DECLS
