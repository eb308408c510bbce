/* snug-ice-consent: how long a selected pair is kept whose consent libnice gives up (RFC 7675).
 *
 * Belongs to the network context of its peer connection. libnice asks every five seconds and may give up ten after the
 * last answer, so that one datagram lost under load ends what works. So consent is renewed while the other side is heard,
 * once: without an answer all the same it ends the second time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <nice/agent.h>

G_BEGIN_DECLS

typedef struct _SnugIceConsent SnugIceConsent;

/* It was renewed on trust, and nothing was heard since: it has expired. */
typedef void (*SnugIceConsentFunc) (gpointer user_data);

SnugIceConsent *snug_ice_consent_new  (GMainContext *context, SnugIceConsentFunc expired, gpointer user_data);
void            snug_ice_consent_free (SnugIceConsent *self);

/* A datagram has come from the other side. */
void            snug_ice_consent_hear (SnugIceConsent *self);

/**
 * snug_ice_consent_renew:
 *
 * After libnice gave up the consent of the pair that is selected there.
 *
 * Returns: %FALSE: it has expired
 */
gboolean        snug_ice_consent_renew (SnugIceConsent *self, NiceAgent *agent, guint stream, guint component);

/* That pair is used no more: @expired is not called for it, and another one's may be renewed at once. May run twice. */
void            snug_ice_consent_stop (SnugIceConsent *self);

G_END_DECLS
