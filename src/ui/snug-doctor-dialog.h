/* snug-doctor-dialog: whether others can be reached from here, step by step, and what to do about it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_DOCTOR_DIALOG (snug_doctor_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SnugDoctorDialog, snug_doctor_dialog, SNUG, DOCTOR_DIALOG, AdwWindow)

/* Begins at once, with the servers that @session would use; ends with the window at the latest. One that is open above
 * @parent is shown instead. */
void snug_doctor_dialog_present (GtkWindow *parent, SnugSession *session);

G_END_DECLS
