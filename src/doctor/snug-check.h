/* snug-check: one step of a check-up: what was tried, what came of it, and what to do.
 *
 * Belongs to the main context; never changes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SNUG_CHECK_SERVER,
  SNUG_CHECK_STUN,
  SNUG_CHECK_RELAY_UDP,
  SNUG_CHECK_RELAY_TCP,
  SNUG_CHECK_RELAY_TLS,
  SNUG_CHECK_RELAY,         /* there is none to try */
  SNUG_CHECK_ROUTER,
  SNUG_CHECK_IPV6,
  SNUG_CHECK_LOCAL_NAMES,
  SNUG_CHECK_REACH          /* what follows from all of it; always the last */
} SnugCheckStep;

typedef enum
{
  SNUG_CHECK_OK,
  SNUG_CHECK_NOT,
  SNUG_CHECK_SKIPPED
} SnugCheckStatus;

typedef enum
{
  /* Of a server */
  SNUG_FINDING_WORKS,
  SNUG_FINDING_WORKS_IN_OPEN_ROOMS,   /* a relay that the server named (PROTOCOL.md section 3) */
  SNUG_FINDING_WORKS_BY_PROXY,        /* and other things go round it */
  SNUG_FINDING_NOT_NAMED,
  SNUG_FINDING_NOT_WANTED,
  SNUG_FINDING_NO_NAME,
  SNUG_FINDING_NO_WAY,
  SNUG_FINDING_SILENT,
  SNUG_FINDING_NOBODY,
  SNUG_FINDING_CERTIFICATE,
  SNUG_FINDING_SOMETHING_ELSE,
  SNUG_FINDING_NO_SOCKETS,            /* web pages pass, WebSockets do not */
  SNUG_FINDING_PASSWORD,
  SNUG_FINDING_FULL,
  SNUG_FINDING_REFUSED,
  /* Of the router */
  SNUG_FINDING_NO_ROUTER,
  SNUG_FINDING_EASY,
  SNUG_FINDING_STRICT,
  SNUG_FINDING_STRICT_WITH_RELAY,
  SNUG_FINDING_UNKNOWN,
  /* Of IPv6 and local names */
  SNUG_FINDING_ABSENT,
  /* Of all together */
  SNUG_FINDING_DIRECTLY,
  SNUG_FINDING_BY_RELAY,
  SNUG_FINDING_BY_RELAY_IN_OPEN_ROOMS,
  SNUG_FINDING_SOME,
  SNUG_FINDING_NONE
} SnugFinding;

#define SNUG_TYPE_CHECK (snug_check_get_type ())
G_DECLARE_FINAL_TYPE (SnugCheck, snug_check, SNUG, CHECK, GObject)

/**
 * snug_check_new:
 * @number: 1 … if there are several of @step, else 0
 * @address: (nullable): where it was tried, and from where we were seen
 */
SnugCheck      *snug_check_new         (SnugCheckStep step, SnugFinding finding, guint number, const char *address);

SnugCheckStep   snug_check_get_step    (SnugCheck *self);
SnugCheckStatus snug_check_get_status  (SnugCheck *self);
SnugFinding     snug_check_get_finding (SnugCheck *self);
guint           snug_check_get_number  (SnugCheck *self);

/* For a person. None of them holds an address, a name or a secret. */
char           *snug_check_dup_title   (SnugCheck *self);
const char     *snug_check_get_reason  (SnugCheck *self);
const char     *snug_check_get_action  (SnugCheck *self);   /* nullable: nothing to do */

/* To be shown to who asks for it only. */
const char     *snug_check_get_address (SnugCheck *self);   /* nullable */

/* For scripts: "relay-udp", "not", "password". */
const char     *snug_check_step_to_text    (SnugCheckStep step);
const char     *snug_check_status_to_text  (SnugCheckStatus status);
const char     *snug_finding_to_text       (SnugFinding finding);

G_END_DECLS
