/* Between the files of the wire codec.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-wire.h"

G_BEGIN_DECLS

/* Reads a text of a file channel that is spelled as snug_wire_encode_file_text() and browsers spell it, to the byte.
 *
 * Returns: %FALSE for any other, right or wrong */
gboolean snug_wire_read_usual_file_text (const char *text, gsize length, SnugWireFileText *out);

G_END_DECLS
