/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-check.h"

#include <glib/gi18n-lib.h>

struct _SnugCheck
{
  GObject        parent_instance;

  SnugCheckStep  step;
  SnugFinding    finding;
  guint          number;
  char          *address;   /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (SnugCheck, snug_check, G_TYPE_OBJECT)

static const struct
{
  const char *text;
  const char *title;
} steps[] = {
  [SNUG_CHECK_SERVER] = { "server", N_("Server") },
  [SNUG_CHECK_STUN] = { "stun", N_("STUN server") },
  [SNUG_CHECK_RELAY_UDP] = { "relay-udp", N_("Relay over UDP") },
  [SNUG_CHECK_RELAY_TCP] = { "relay-tcp", N_("Relay over TCP") },
  [SNUG_CHECK_RELAY_TLS] = { "relay-tls", N_("Relay over TLS") },
  [SNUG_CHECK_RELAY] = { "relay", N_("Relay") },
  [SNUG_CHECK_ROUTER] = { "nat", N_("Router (NAT)") },
  [SNUG_CHECK_IPV6] = { "ipv6", N_("IPv6") },
  [SNUG_CHECK_LOCAL_NAMES] = { "local-names", N_("Names in this network (.local)") },
  [SNUG_CHECK_REACH] = { "reach", N_("People in other networks") },
};

static const struct
{
  const char      *text;
  SnugCheckStatus  status;
  const char      *reason;
  const char      *action;   /* nullable */
} findings[] = {
  [SNUG_FINDING_WORKS] = { "works", SNUG_CHECK_OK, N_("It works.") },
  [SNUG_FINDING_WORKS_IN_OPEN_ROOMS] = { "works-in-open-rooms", SNUG_CHECK_OK,
    N_("It works. The server names it, so private rooms do not use it.") },
  [SNUG_FINDING_WORKS_BY_PROXY] = { "works-by-proxy", SNUG_CHECK_OK,
    N_("Your proxy does not carry direct connections: they go round it, and people in the room see your address.") },
  [SNUG_FINDING_NOT_NAMED] = { "not-named", SNUG_CHECK_SKIPPED, N_("None was named.") },
  [SNUG_FINDING_NOT_WANTED] = { "not-wanted", SNUG_CHECK_SKIPPED, N_("You chose to do without.") },
  [SNUG_FINDING_NO_NAME] = { "no-name", SNUG_CHECK_NOT, N_("Its name is not known here."),
    N_("Check how it is spelled, and that this computer is connected.") },
  [SNUG_FINDING_NO_WAY] = { "no-way", SNUG_CHECK_NOT, N_("No way leads there from this network."),
    N_("Check that this computer is connected.") },
  [SNUG_FINDING_SILENT] = { "silent", SNUG_CHECK_NOT, N_("Nothing comes back."),
    N_("Check that it runs, and that no firewall stands in between.") },
  [SNUG_FINDING_NOBODY] = { "nobody", SNUG_CHECK_NOT, N_("Nobody listens there."),
    N_("Check address and port, and that it runs.") },
  [SNUG_FINDING_CERTIFICATE] = { "certificate", SNUG_CHECK_NOT, N_("Its certificate is not to be trusted."),
    N_("Tell who runs it.") },
  [SNUG_FINDING_SOMETHING_ELSE] = { "something-else", SNUG_CHECK_NOT, N_("Something else answers there."),
    N_("Check address and port.") },
  [SNUG_FINDING_NO_SOCKETS] = { "no-sockets", SNUG_CHECK_NOT, N_("It answers, but does not stay on the line."),
    N_("A proxy in between may be in the way of WebSockets.") },
  [SNUG_FINDING_PASSWORD] = { "password", SNUG_CHECK_NOT, N_("It does not take this user and password."),
    N_("Ask who runs it for valid ones.") },
  [SNUG_FINDING_FULL] = { "full", SNUG_CHECK_NOT, N_("It has no room left."), N_("Try again later.") },
  [SNUG_FINDING_REFUSED] = { "refused", SNUG_CHECK_NOT, N_("It does not let us in."), N_("Tell who runs it.") },

  [SNUG_FINDING_NO_ROUTER] = { "none", SNUG_CHECK_OK, N_("There is none: others reach this computer directly.") },
  [SNUG_FINDING_EASY] = { "easy", SNUG_CHECK_OK, N_("It lets direct connections through.") },
  [SNUG_FINDING_STRICT] = { "strict", SNUG_CHECK_NOT, N_("It is strict: to some networks no direct connection gets through."),
    N_("Name a relay (TURN).") },
  [SNUG_FINDING_STRICT_WITH_RELAY] = { "strict", SNUG_CHECK_OK,
    N_("It is strict: to some networks no direct connection gets through.") },
  [SNUG_FINDING_UNKNOWN] = { "unknown", SNUG_CHECK_SKIPPED, N_("It takes two STUN servers that answer to tell.") },

  [SNUG_FINDING_ABSENT] = { "absent", SNUG_CHECK_OK, N_("Not here. It works without.") },

  [SNUG_FINDING_DIRECTLY] = { "directly", SNUG_CHECK_OK, N_("They are reached directly.") },
  [SNUG_FINDING_BY_RELAY] = { "by-relay", SNUG_CHECK_OK, N_("They are reached, if need be through the relay.") },
  [SNUG_FINDING_BY_RELAY_IN_OPEN_ROOMS] = { "by-relay-in-open-rooms", SNUG_CHECK_OK,
    N_("They are reached, if need be through the server’s relay; in private rooms not all of them.") },
  [SNUG_FINDING_SOME] = { "some", SNUG_CHECK_NOT, N_("Not all of them are reached."), N_("Name a relay (TURN).") },
  [SNUG_FINDING_NONE] = { "none", SNUG_CHECK_NOT, N_("They are not reached."),
    N_("Name a relay over TCP or TLS (TURN).") },
};

/* What the same finding means for one step in particular. */
static const struct
{
  SnugCheckStep    step;
  SnugFinding      finding;
  SnugCheckStatus  status;
  const char      *reason;
  const char      *action;   /* nullable */
} particulars[] = {
  { SNUG_CHECK_STUN, SNUG_FINDING_SILENT, SNUG_CHECK_NOT, N_("Nothing comes back."),
    N_("This network may block UDP: name a relay over TCP or TLS (TURN).") },
  { SNUG_CHECK_RELAY_UDP, SNUG_FINDING_SILENT, SNUG_CHECK_NOT, N_("Nothing comes back."),
    N_("This network may block UDP: name a relay over TCP or TLS (TURN).") },
  { SNUG_CHECK_IPV6, SNUG_FINDING_SILENT, SNUG_CHECK_OK, N_("Not here. It works without."), NULL },
};

typedef struct
{
  SnugCheckStatus  status;
  const char      *reason;
  const char      *action;
} Meaning;

static Meaning
meaning_of (SnugCheck *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (particulars); i++)
    if (particulars[i].step == self->step && particulars[i].finding == self->finding)
      return (Meaning) { particulars[i].status, particulars[i].reason, particulars[i].action };
  return (Meaning) { findings[self->finding].status, findings[self->finding].reason, findings[self->finding].action };
}

SnugCheckStep
snug_check_get_step (SnugCheck *self)
{
  return self->step;
}

SnugCheckStatus
snug_check_get_status (SnugCheck *self)
{
  return meaning_of (self).status;
}

SnugFinding
snug_check_get_finding (SnugCheck *self)
{
  return self->finding;
}

guint
snug_check_get_number (SnugCheck *self)
{
  return self->number;
}

char *
snug_check_dup_title (SnugCheck *self)
{
  const char *title = _(steps[self->step].title);

  return self->number > 0 ? g_strdup_printf ("%s %u", title, self->number) : g_strdup (title);
}

const char *
snug_check_get_reason (SnugCheck *self)
{
  return _(meaning_of (self).reason);
}

const char *
snug_check_get_action (SnugCheck *self)
{
  Meaning meaning = meaning_of (self);

  return meaning.action != NULL ? _(meaning.action) : NULL;
}

const char *
snug_check_get_address (SnugCheck *self)
{
  return self->address;
}

const char *
snug_check_step_to_text (SnugCheckStep step)
{
  return steps[step].text;
}

const char *
snug_check_status_to_text (SnugCheckStatus status)
{
  static const char *const texts[] = {
    [SNUG_CHECK_OK] = "ok", [SNUG_CHECK_NOT] = "not", [SNUG_CHECK_SKIPPED] = "skipped",
  };

  return texts[status];
}

const char *
snug_finding_to_text (SnugFinding finding)
{
  return findings[finding].text;
}

SnugCheck *
snug_check_new (SnugCheckStep step, SnugFinding finding, guint number, const char *address)
{
  SnugCheck *self = g_object_new (SNUG_TYPE_CHECK, NULL);

  self->step = step;
  self->finding = finding;
  self->number = number;
  self->address = g_strdup (address);
  return self;
}

static void
snug_check_finalize (GObject *object)
{
  g_free (SNUG_CHECK (object)->address);
  G_OBJECT_CLASS (snug_check_parent_class)->finalize (object);
}

static void
snug_check_class_init (SnugCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_check_finalize;
}

static void
snug_check_init (SnugCheck *self)
{
}
