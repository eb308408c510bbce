/* snug-picture: the picture in a transfer, above its card, once it is here. Of what somebody else sends that is
 * after it was accepted and came whole; of what is sent from here, at once. Hides itself where there is none.
 *
 * A click opens the file ("file.open").
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-transfer.h"

G_BEGIN_DECLS

#define SNUG_TYPE_PICTURE (snug_picture_get_type ())
G_DECLARE_FINAL_TYPE (SnugPicture, snug_picture, SNUG, PICTURE, AdwBin)

/* @transfer: of something that snug_picture_is_likely () */
GtkWidget *snug_picture_new (SnugTransfer *transfer);

G_END_DECLS
