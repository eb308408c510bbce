/* snug-member: one other person in the room, as a person sees them.
 *
 * A GObject of the main context, in the room's list model; every property notifies. Written by the
 * room only.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-wire.h"

G_BEGIN_DECLS

typedef enum
{
  SNUG_MEMBER_CONNECTING,
  SNUG_MEMBER_CONNECTED,
  SNUG_MEMBER_RECONNECTING,    /* not heard, or the route is lost and being mended; what is said waits */
  SNUG_MEMBER_AWAY,            /* told us so, or its socket sleeps */
  SNUG_MEMBER_FAILED,          /* no route to them */
  SNUG_MEMBER_LEFT
} SnugMemberState;

typedef enum
{
  SNUG_MEMBER_DEVICE_UNKNOWN,
  SNUG_MEMBER_DEVICE_DESKTOP,
  SNUG_MEMBER_DEVICE_TERMINAL,
  SNUG_MEMBER_DEVICE_BROWSER,
  SNUG_MEMBER_DEVICE_PHONE,
  SNUG_MEMBER_DEVICE_LEGACY_PAGE
} SnugMemberDevice;

typedef enum
{
  SNUG_PATH_NONE,
  SNUG_PATH_DIRECT_LOCAL,      /* "Direct, local network" */
  SNUG_PATH_DIRECT,            /* "Direct, internet" */
  SNUG_PATH_RELAY
} SnugPath;

/* Whether somebody could stand between them and us: the safety phrase of PROTOCOL.md section 4. */
typedef enum
{
  SNUG_SAFETY_UNCHECKED,
  SNUG_SAFETY_ASKED,           /* the words are being worked out */
  SNUG_SAFETY_PHRASE,          /* to be compared by the two people */
  SNUG_SAFETY_CHECKED,
  SNUG_SAFETY_INTERRUPTED,     /* the connection broke before there were words */
  SNUG_SAFETY_CHANGED,         /* checked once, with another certificate than they have now */
  SNUG_SAFETY_MISMATCH         /* not safe: the connection is closed */
} SnugSafetyState;

/* The steps of the connection checklist, each done, running, failed or not begun. */
typedef enum
{
  SNUG_STEP_WAITING,
  SNUG_STEP_RUNNING,
  SNUG_STEP_DONE,
  SNUG_STEP_FAILED
} SnugStepState;

enum { SNUG_STEP_ANSWERED, SNUG_STEP_ROUTE, SNUG_STEP_KEYS, SNUG_N_STEPS };

#define SNUG_TYPE_MEMBER (snug_member_get_type ())
G_DECLARE_FINAL_TYPE (SnugMember, snug_member, SNUG, MEMBER, GObject)

/* Properties, all readable and notifying: "id" (string), "name" (string, the name they gave, made
 * safe, "" until hello), "display-name" (string: the name, "Guest" before; two of one name get
 * " (2)"), "state" (SnugMemberState as int), "device" (int), "legacy" (boolean), "host" (boolean),
 * "path" (SnugPath as int), "path-text" (string for a person, translated: "Direct, local network · 3 ms"),
 * "rtt-ms" (double, < 0 unknown), "typing" (boolean), "details" (string: several translated lines for
 * the details row), "error-text" (string, nullable: why FAILED), "steps" (guint packed, see get_step), "safety"
 * (SnugSafetyState as int), "phrase" (string, nullable: four words), "can-compare" (boolean: a phrase may be
 * asked for). */
/* Borrowed; as the properties of these names. */
const char      *snug_member_get_id           (SnugMember *self);
const char      *snug_member_get_name         (SnugMember *self);
const char      *snug_member_get_display_name (SnugMember *self);
SnugMemberState  snug_member_get_state        (SnugMember *self);
SnugMemberDevice snug_member_get_device       (SnugMember *self);
gboolean         snug_member_get_legacy       (SnugMember *self);
/* What it said that it reads; nothing before its hello. */
SnugWireFeatures snug_member_get_features     (SnugMember *self);
gboolean         snug_member_get_host         (SnugMember *self);
SnugPath         snug_member_get_path         (SnugMember *self);
double           snug_member_get_rtt_ms       (SnugMember *self);
/* @step: %SNUG_STEP_ANSWERED … below %SNUG_N_STEPS */
SnugStepState    snug_member_get_step         (SnugMember *self, guint step);

SnugSafetyState  snug_member_get_safety       (SnugMember *self);
const char      *snug_member_get_phrase       (SnugMember *self);    /* nullable */
gboolean         snug_member_get_can_compare  (SnugMember *self);

/* For the `path` of --json and logs: "direct-local", "direct", "relay", NULL. */
const char      *snug_path_to_text            (SnugPath path);
const char      *snug_member_state_to_text    (SnugMemberState state);
const char      *snug_safety_state_to_text    (SnugSafetyState state);

G_END_DECLS
