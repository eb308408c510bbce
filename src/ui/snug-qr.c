/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-qr.h"

#include <math.h>
#include <qrencode.h>
#include <string.h>

struct _SnugQr
{
  GObject  parent_instance;

  QRcode  *code;    /* owned */
};

static void paintable_init (GdkPaintableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SnugQr, snug_qr, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, paintable_init))

SnugQr *
snug_qr_new (const char *text)
{
  /* Level M: survives a reflection or a thumb on the screen, and a room link still fits into few
   * modules. */
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
  SnugQr *self;

  if (code == NULL)
    return NULL;
  self = g_object_new (SNUG_TYPE_QR, NULL);
  self->code = code;
  return self;
}

guint
snug_qr_get_size (SnugQr *self)
{
  return (guint) self->code->width + 2 * SNUG_QR_QUIET_MODULES;
}

static gboolean
is_dark (SnugQr *self, int column, int row)
{
  return (self->code->data[row * self->code->width + column] & 1) != 0;
}

/* One node for each run of dark modules: a tenth of the nodes that single modules would make. */
static void
snapshot_row (SnugQr *self, GtkSnapshot *snapshot, int row, float module, float x, float y)
{
  const GdkRGBA black = { 0, 0, 0, 1 };
  int width = self->code->width;

  for (int column = 0; column < width; column++)
    {
      int start = column;

      while (column < width && is_dark (self, column, row))
        column++;
      if (column > start)
        gtk_snapshot_append_color (snapshot, &black,
                                   &GRAPHENE_RECT_INIT (x + module * (float) start,
                                                        y + module * (float) row,
                                                        module * (float) (column - start), module));
    }
}

static void
snug_qr_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  SnugQr *self = SNUG_QR (paintable);
  const GdkRGBA white = { 1, 1, 1, 1 };
  double fit = MIN (width, height) / (double) snug_qr_get_size (self);
  float module = (float) (fit >= 1 ? floor (fit) : fit);
  float side = module * (float) self->code->width;
  float x = roundf (((float) width - side) / 2);
  float y = roundf (((float) height - side) / 2);

  gtk_snapshot_append_color (snapshot, &white,
                             &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  for (int row = 0; row < self->code->width; row++)
    snapshot_row (self, snapshot, row, module, x, y);
}

static int
snug_qr_get_intrinsic (GdkPaintable *paintable)
{
  return (int) snug_qr_get_size (SNUG_QR (paintable));
}

static double
snug_qr_get_intrinsic_aspect_ratio (GdkPaintable *paintable)
{
  return 1;
}

static GdkPaintableFlags
snug_qr_get_flags (GdkPaintable *paintable)
{
  return GDK_PAINTABLE_STATIC_SIZE | GDK_PAINTABLE_STATIC_CONTENTS;
}

static void
paintable_init (GdkPaintableInterface *iface)
{
  iface->snapshot = snug_qr_snapshot;
  iface->get_intrinsic_width = snug_qr_get_intrinsic;
  iface->get_intrinsic_height = snug_qr_get_intrinsic;
  iface->get_intrinsic_aspect_ratio = snug_qr_get_intrinsic_aspect_ratio;
  iface->get_flags = snug_qr_get_flags;
}

GdkTexture *
snug_qr_to_texture (SnugQr *self, guint module_px)
{
  gsize side = (gsize) snug_qr_get_size (self) * module_px;
  guint8 *pixels = g_malloc (side * side * 3);
  g_autoptr (GBytes) bytes = NULL;

  for (gsize y = 0; y < side; y++)
    for (gsize x = 0; x < side; x++)
      {
        int column = (int) (x / module_px) - SNUG_QR_QUIET_MODULES;
        int row = (int) (y / module_px) - SNUG_QR_QUIET_MODULES;
        gboolean inside = column >= 0 && row >= 0 && column < self->code->width
                          && row < self->code->width;

        memset (pixels + 3 * (y * side + x), inside && is_dark (self, column, row) ? 0 : 255, 3);
      }
  bytes = g_bytes_new_take (pixels, side * side * 3);
  return gdk_memory_texture_new ((int) side, (int) side, GDK_MEMORY_R8G8B8, bytes, side * 3);
}

static void
snug_qr_finalize (GObject *object)
{
  g_clear_pointer (&SNUG_QR (object)->code, QRcode_free);
  G_OBJECT_CLASS (snug_qr_parent_class)->finalize (object);
}

static void
snug_qr_class_init (SnugQrClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_qr_finalize;
}

static void
snug_qr_init (SnugQr *self)
{
}
