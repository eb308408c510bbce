/* snug-candidate: one ICE candidate as an SDP attribute (RFC 8839 section 5.1).
 *
 * A pure codec. A stranger's host name is only recognised here; of what may be asked for it, see
 * snug-local-names.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_CANDIDATE_ERROR (snug_candidate_error_quark ())
GQuark snug_candidate_error_quark (void);

typedef enum
{
  SNUG_CANDIDATE_ERROR_BAD
} SnugCandidateError;

#define SNUG_CANDIDATE_MAX_BYTES 1024

typedef enum
{
  SNUG_CANDIDATE_HOST,
  SNUG_CANDIDATE_SERVER_REFLEXIVE,
  SNUG_CANDIDATE_PEER_REFLEXIVE,
  SNUG_CANDIDATE_RELAYED
} SnugCandidateType;

typedef struct
{
  char              *foundation;        /* 1 … 32 ice-chars */
  guint              component;         /* 1 … 256 */
  gboolean           is_udp;
  guint32            priority;
  char              *address;           /* IPv4, IPv6 (no zone) or a host name */
  guint16            port;
  SnugCandidateType  type;
  char              *related_address;   /* nullable */
  guint16            related_port;
} SnugCandidate;

/* TRUE for what stands for "no more candidates": the empty string (RFC 8838 section 13, Firefox). */
gboolean snug_candidate_is_end (const char *text);

/**
 * snug_candidate_parse:
 * @text: "candidate:…", with or without "a=" before it
 *
 * Returns: (transfer full): or %NULL if @text is no candidate at all
 */
SnugCandidate *snug_candidate_parse (const char *text, GError **error);

/**
 * snug_candidate_is_usable:
 *
 * Returns: %TRUE if it is a UDP candidate of component 1 with the numeric address of one host. mDNS
 *   names, other names, TCP, port 0, multicast and unspecified addresses are well-formed but not for us.
 */
gboolean snug_candidate_is_usable (const SnugCandidate *candidate);

/**
 * snug_candidate_is_named:
 *
 * Returns: %TRUE if it would be usable, but that a browser hides the address of its computer behind a name that it
 *   has made up for this: a UUID and ".local" (draft-ietf-mmusic-mdns-ice-candidates section 3.1.1). No name that
 *   says anything passes, so nobody has us ask for a printer.
 */
gboolean snug_candidate_is_named (const SnugCandidate *candidate);

/**
 * snug_candidate_to_text:
 *
 * Returns: (transfer full): "candidate:…"
 */
char *snug_candidate_to_text (const SnugCandidate *candidate);

SnugCandidate *snug_candidate_copy (const SnugCandidate *candidate);

void snug_candidate_free (SnugCandidate *candidate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugCandidate, snug_candidate_free)

G_END_DECLS
