/* snug-doctor: why others are not reached: one check-up, step by step.
 *
 * Belongs to the main context; what blocks runs on worker threads.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-check.h"
#include "snug-peer-connection.h"

G_BEGIN_DECLS

#define SNUG_TYPE_DOCTOR (snug_doctor_get_type ())
G_DECLARE_FINAL_TYPE (SnugDoctor, snug_doctor, SNUG, DOCTOR, GObject)

/**
 * snug_doctor_new:
 * @server: (nullable): "http[s]://HOST[:PORT]"
 * @ice_servers: (nullable): of SnugIceServer: those that the person named. The server's own are tried after them.
 */
SnugDoctor *snug_doctor_new        (const char *server, GPtrArray *ice_servers, SnugRelayPolicy relay);

/* (transfer none) Of SnugCheck, in a fixed order; grows while the check-up runs. */
GListModel *snug_doctor_get_checks (SnugDoctor *self);

/* Once for each doctor; what is begun again ends with %G_IO_ERROR_PENDING, and changes nothing. */
void        snug_doctor_run_async  (SnugDoctor *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
/* %FALSE if it was cancelled, or begun before. */
gboolean    snug_doctor_run_finish (SnugDoctor *self, GAsyncResult *result, GError **error);

G_END_DECLS
