/* snug-qr: a QR code as a paintable.
 *
 * White with black modules and a quiet zone of four modules whatever the theme is, because cameras
 * read nothing else reliably (ISO/IEC 18004, 5.3.8). Modules are whole pixels, so the edges are
 * sharp at every size.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SNUG_QR_QUIET_MODULES 4

#define SNUG_TYPE_QR (snug_qr_get_type ())
G_DECLARE_FINAL_TYPE (SnugQr, snug_qr, SNUG, QR, GObject)

/**
 * snug_qr_new:
 * @text: what a camera shall read, at most 2,048 bytes
 *
 * Returns: (transfer full) (nullable): %NULL if @text does not fit into a code
 */
SnugQr     *snug_qr_new         (const char *text);

/* Modules a side, with the quiet zone. */
guint       snug_qr_get_size    (SnugQr *self);

/**
 * snug_qr_to_texture:
 * @module_px: pixels a module
 *
 * Returns: (transfer full): the code as an image, to be copied or saved
 */
GdkTexture *snug_qr_to_texture  (SnugQr *self, guint module_px);

G_END_DECLS
