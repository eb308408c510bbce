/* snug-sdp: the session descriptions of a peer connection that carries data channels only.
 *
 * A pure codec (text in, struct or GError out): no I/O, no clock. Reads what Chromium, Firefox and we
 * write; writes RFC 8829 + RFC 8841 with the one `m=application` section.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_SDP_ERROR (snug_sdp_error_quark ())
GQuark snug_sdp_error_quark (void);

typedef enum
{
  SNUG_SDP_ERROR_TOO_LARGE,
  SNUG_SDP_ERROR_BAD            /* malformed, or lacks what a data channel needs */
} SnugSdpError;

#define SNUG_SDP_MAX_BYTES 32768
#define SNUG_SDP_MAX_CANDIDATES 100

/* RFC 8841 section 6.1: what an absent `a=max-message-size` means, in bytes. */
#define SNUG_SDP_DEFAULT_MAX_MESSAGE_SIZE 65536

/* RFC 8842 section 5: who opens the DTLS association. */
typedef enum
{
  SNUG_SDP_SETUP_ACTPASS,
  SNUG_SDP_SETUP_ACTIVE,
  SNUG_SDP_SETUP_PASSIVE
} SnugSdpSetup;

typedef struct
{
  guint64       session_id;        /* o= line */
  guint64       session_version;
  char         *mid;               /* a=mid of the data section, "0" if absent */
  char         *ice_ufrag;         /* 4 … 256 ice-chars */
  char         *ice_pwd;           /* 22 … 256 ice-chars */
  gboolean      trickle;           /* a=ice-options has "trickle" */
  guint8        fingerprint[32];   /* SHA-256 of the certificate's DER */
  SnugSdpSetup  setup;
  guint16       sctp_port;
  guint64       max_message_size;  /* bytes; 0 = the peer takes any size */
  GPtrArray    *candidates;        /* of char*: attribute values "candidate:…", at most 100 */
  gboolean      end_of_candidates;
  gboolean      bundle;            /* a=group:BUNDLE is there */
  guint         section_index;     /* the data section's among all */
  GPtrArray    *rejected_sections; /* of char*: the other m-lines, "audio 0 …", to be answered alike */
} SnugSdp;

/**
 * snug_sdp_new:
 *
 * Returns: (transfer full): an empty one, with both arrays; whoever writes fills in every string
 */
SnugSdp *snug_sdp_new (void);

/**
 * snug_sdp_parse:
 *
 * Refuses with a reason: over %SNUG_SDP_MAX_BYTES, no data section or more than one live one, a section
 * of another kind that is not rejected, no or malformed ICE credentials, no SHA-256 fingerprint,
 * several fingerprints of SHA-256 that differ, a number out of range. Unknown lines are skipped.
 *
 * Returns: (transfer full): free with snug_sdp_free()
 */
SnugSdp *snug_sdp_parse (const char *text, GError **error);

/**
 * snug_sdp_to_text:
 *
 * Returns: (transfer full): the description with CRLF line ends
 */
char *snug_sdp_to_text (const SnugSdp *sdp);

void snug_sdp_free (SnugSdp *sdp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugSdp, snug_sdp_free)

G_END_DECLS
