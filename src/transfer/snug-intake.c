/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-intake.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-sender.h"

struct _SnugIntake
{
  SnugIntakePlan    plan;           /* fixed */
  SnugSink         *sink;           /* nullable until it is settled for the first time */
  gboolean          is_settled;     /* the sink is in its folder */
  SnugManifest     *manifest;       /* nullable: of a folder, until it is here */
  GByteArray       *manifest_data;  /* nullable: it is coming */
  SnugPlace         place;          /* behind what is checked and on the disk */
  gboolean          entry_open;     /* the header of the entry at @place was there */
  gboolean          fills;          /* files without bytes are made */
  guint64           written;        /* bytes before @place */
  guint64           n_pieces;       /* of these */
  SnugOffer        *lent;           /* nullable: all that, to be passed on */
  SnugFingerprint   fingerprint;
};

void
snug_intake_item_free (gpointer data)
{
  SnugIntakeItem *item = data;

  g_clear_pointer (&item->slices, g_ptr_array_unref);
  g_free (item);
}

SnugIntake *
snug_intake_new (const SnugIntakePlan *plan)
{
  SnugIntake *self = g_new0 (SnugIntake, 1);

  self->plan = *plan;
  self->plan.name = g_strdup (plan->name);
  if (plan->manifest != NULL)
    g_bytes_ref (self->plan.manifest);
  if (plan->manifest_bytes != NULL)
    g_bytes_ref (self->plan.manifest_bytes);
  if (plan->only != NULL)
    g_bytes_ref (self->plan.only);
  if (plan->manifest == NULL)
    self->manifest = snug_manifest_new_file (plan->name, plan->size, plan->mtime);
  snug_fingerprint_init (&self->fingerprint);
  return self;
}

void
snug_intake_release (SnugIntake *self, SnugIntakeEnd end)
{
  SnugSink *sink = g_steal_pointer (&self->sink);

  if (sink == NULL)
    return;
  switch (end)
    {
    case SNUG_INTAKE_KEEP: snug_sink_leave (sink); break;
    case SNUG_INTAKE_DISOWN: snug_sink_disown (sink); break;
    case SNUG_INTAKE_DELETE:
    default: snug_sink_free (sink); break;
    }
}

void
snug_intake_free (SnugIntake *self)
{
  snug_intake_release (self, SNUG_INTAKE_DELETE);
  g_clear_pointer (&self->manifest, snug_manifest_unref);
  g_clear_pointer (&self->manifest_data, g_byte_array_unref);
  snug_fingerprint_clear (&self->fingerprint);
  g_free (self->plan.name);
  g_clear_pointer (&self->plan.manifest, g_bytes_unref);
  g_clear_pointer (&self->plan.manifest_bytes, g_bytes_unref);
  g_clear_pointer (&self->plan.only, g_bytes_unref);
  g_clear_pointer (&self->lent, snug_offer_unref);
  g_free (self);
}

static gboolean
set_bad_data (GError **error, const char *why)
{
  g_debug ("bad data: %s", why);
  g_set_error_literal (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_BAD_DATA,
                       _("What arrived is not what was offered."));
  return FALSE;
}

/* The sender's hash, if it says one, must be ours; ours goes into the fingerprint. */
static gboolean
check_hash (SnugIntakeItem *piece, GError **error)
{
  guint8 hash[SNUG_WIRE_HASH_BYTES];
  gnutls_hash_hd_t handle;

  gnutls_hash_init (&handle, GNUTLS_DIG_SHA256);
  for (guint i = 0; i < piece->slices->len; i++)
    {
      gsize n;
      const void *data = g_bytes_get_data (g_ptr_array_index (piece->slices, i), &n);
      gnutls_hash (handle, data, n);
    }
  gnutls_hash_deinit (handle, hash);

  if (!piece->has_hash)
    memcpy (piece->hash, hash, sizeof hash);
  if (memcmp (hash, piece->hash, sizeof hash) == 0)
    return TRUE;
  g_set_error_literal (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_BAD_DATA,
                       _("A piece arrived damaged."));
  return FALSE;
}

void
snug_intake_as_disk_error (GError **error)
{
  GError *disk = g_error_new_literal (SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK, (*error)->message);

  g_error_free (*error);
  *error = disk;
}

/* --- the manifest of a folder ---------------------------------------------------------------------- */

static gboolean
fits_offer (SnugIntake *self, SnugManifest *manifest, GBytes *bytes)
{
  guint8 hash[SNUG_WIRE_HASH_BYTES];

  snug_piece_hash (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), hash);
  return manifest->n_bytes == self->plan.size
         && memcmp (hash, g_bytes_get_data (self->plan.manifest, NULL), sizeof hash) == 0;
}

/* Returns: (transfer full) (nullable): what is chosen of the folder, if @bytes are its manifest. */
static SnugManifest *
read_manifest (SnugIntake *self, GBytes *bytes)
{
  g_autoptr (SnugManifest) whole = snug_manifest_parse (bytes, NULL);

  return whole != NULL && fits_offer (self, whole, bytes) ? snug_manifest_choose (whole, self->plan.only) : NULL;
}

static gboolean
save_manifest (SnugIntake *self, SnugManifest *manifest, GBytes *bytes, GError **error)
{
  return snug_sink_save_manifest (self->sink, bytes, error) && snug_sink_make_folders (self->sink, manifest, error);
}

/* As it came: whoever it is passed on to compares it with the offer. */
static void
keep_manifest_bytes (SnugIntake *self, GBytes *bytes)
{
  if (self->plan.manifest_bytes == NULL)
    self->plan.manifest_bytes = g_bytes_ref (bytes);
}

static gboolean
take_manifest (SnugIntake *self, GBytes *bytes, GError **error)
{
  g_autoptr (SnugManifest) manifest = read_manifest (self, bytes);

  if (manifest == NULL)
    return set_bad_data (error, "manifest");
  keep_manifest_bytes (self, bytes);
  if (!self->plan.looks && !save_manifest (self, manifest, bytes, error))
    return FALSE;
  self->manifest = g_steal_pointer (&manifest);
  return TRUE;
}

static gboolean
end_manifest_if_all (SnugIntake *self, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (self->manifest_data->len < self->plan.manifest_size)
    return TRUE;
  bytes = g_bytes_new (self->manifest_data->data, self->manifest_data->len);
  if (!take_manifest (self, bytes, error))
    return FALSE;
  g_clear_pointer (&self->manifest_data, g_byte_array_unref);
  return TRUE;
}

static gboolean
begin_manifest (SnugIntake *self, const SnugIntakeItem *header, GError **error)
{
  if (self->plan.manifest == NULL || self->manifest != NULL || header->offset != 0
      || header->size != self->plan.manifest_size)
    return set_bad_data (error, "header of a manifest");
  g_clear_pointer (&self->manifest_data, g_byte_array_unref);
  self->manifest_data = g_byte_array_new ();
  return end_manifest_if_all (self, error);
}

/* --- entries --------------------------------------------------------------------------------------- */

static void
advance (SnugIntake *self, gsize n)
{
  const SnugEntry *entry = snug_manifest_get (self->manifest, self->place.entry);
  guint64 before = self->place.entry;

  snug_manifest_advance (self->manifest, &self->place, n);
  if (self->place.entry == before)
    return;
  snug_sink_end_entry (self->sink, entry);
  self->entry_open = FALSE;
}

/* Those without bytes from here to @end. */
static gboolean
fill (SnugIntake *self, guint64 end, GError **error)
{
  while (self->fills && !self->entry_open && snug_manifest_settle (self->manifest, &self->place)
         && self->place.entry < end)
    {
      const SnugEntry *entry = snug_manifest_get (self->manifest, self->place.entry);

      if (entry->size > 0)
        break;
      if (!snug_sink_begin_entry (self->sink, entry, 0, error))
        return FALSE;
      advance (self, 0);
    }
  return TRUE;
}

static gboolean
take_header (SnugIntake *self, const SnugIntakeItem *header, GError **error)
{
  const SnugEntry *entry;

  if (header->entry == SNUG_WIRE_ENTRY_MANIFEST)
    return begin_manifest (self, header, error);
  if (self->manifest != NULL && !fill (self, header->entry, error))
    return FALSE;
  if (self->manifest == NULL || !snug_manifest_settle (self->manifest, &self->place)
      || header->entry != self->place.entry || header->offset != self->place.offset)
    return set_bad_data (error, "header");
  entry = snug_manifest_get (self->manifest, header->entry);
  if (header->size != entry->size)
    return set_bad_data (error, "size in a header");
  if (!snug_sink_begin_entry (self->sink, entry, header->offset, error))
    return FALSE;
  self->entry_open = TRUE;
  if (entry->size == 0)
    advance (self, 0);
  return TRUE;
}

static gboolean
write_piece (SnugIntake *self, SnugIntakeItem *piece, GError **error)
{
  guint64 offset = self->place.offset;

  for (guint i = 0; i < piece->slices->len; i++)
    {
      gsize n;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (piece->slices, i), &n);

      if (!snug_sink_write (self->sink, offset, data, n, error))
        return FALSE;
      offset += n;
    }
  return snug_sink_note_piece (self->sink, piece->hash, error);
}

/* The last piece of it comes again where there is no room to keep it. */
static gboolean
take_piece_of_manifest (SnugIntake *self, SnugIntakeItem *piece, GError **error)
{
  guint before = self->manifest_data->len;

  for (guint i = 0; i < piece->slices->len; i++)
    {
      gsize n;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (piece->slices, i), &n);

      g_byte_array_append (self->manifest_data, data, (guint) n);
    }
  if (end_manifest_if_all (self, error))
    return TRUE;
  g_byte_array_set_size (self->manifest_data, before);
  return FALSE;
}

static gboolean
take_piece (SnugIntake *self, SnugIntakeItem *piece, GError **error)
{
  if (!check_hash (piece, error))
    return FALSE;
  if (self->manifest_data != NULL)
    return take_piece_of_manifest (self, piece, error);
  if (!self->entry_open)
    return set_bad_data (error, "a piece of nothing");
  if (!write_piece (self, piece, error))
    return FALSE;
  if (self->lent != NULL)
    snug_piece_hashes_set (self->lent->hashes, self->n_pieces, piece->hash);
  self->written += piece->n_bytes;
  self->n_pieces++;
  snug_fingerprint_add (&self->fingerprint, piece->hash);
  advance (self, piece->n_bytes);
  return TRUE;
}

gboolean
snug_intake_take (SnugIntake *self, SnugIntakeItem *item, GError **error)
{
  return item->is_header ? take_header (self, item, error) : take_piece (self, item, error);
}

/* --- the beginning and the end --------------------------------------------------------------------- */

/* What was left behind has its manifest beside it. */
static gboolean
find_manifest (SnugIntake *self, GError **error)
{
  g_autoptr (GBytes) bytes = snug_sink_load_manifest (self->sink);

  if (bytes != NULL)
    self->manifest = read_manifest (self, bytes);
  if (self->manifest != NULL)
    {
      keep_manifest_bytes (self, bytes);
      return snug_sink_make_folders (self->sink, self->manifest, error);
    }
  if (self->plan.manifest_bytes == NULL)
    return TRUE;
  self->manifest = read_manifest (self, self->plan.manifest_bytes);
  return self->manifest == NULL || save_manifest (self, self->manifest, self->plan.manifest_bytes, error);
}

static gboolean
verify_what_is_there (SnugIntake *self, GError **error)
{
  g_autoptr (SnugPieceMap) map = NULL;

  if (self->plan.manifest != NULL && !find_manifest (self, error))
    return FALSE;
  if (self->manifest == NULL)
    return TRUE;
  map = snug_piece_map_new (self->manifest);
  self->written = snug_sink_verify (self->sink, self->manifest, &self->place, &self->fingerprint);
  self->n_pieces = snug_piece_map_pieces_in (map, self->written);
  return TRUE;
}

static gboolean
make_sink (SnugIntake *self, GFile *folder, SnugSinkConflict conflict, GError **error)
{
  const SnugIntakePlan *plan = &self->plan;
  SnugJournalHead head = { plan->name, plan->size, plan->manifest, plan->only };

  if (folder == NULL)
    self->sink = snug_sink_new_undecided (plan->size, error);
  else if (plan->resumable)
    self->sink = snug_sink_new_resumable (folder, &head, conflict, error);
  else
    self->sink = snug_sink_new (folder, plan->name, plan->size, conflict, error);
  if (self->sink == NULL)
    return FALSE;
  if (folder == NULL || !plan->resumable || verify_what_is_there (self, error))
    return TRUE;
  /* It may be tried again. */
  snug_intake_release (self, SNUG_INTAKE_KEEP);
  g_clear_pointer (&self->manifest, snug_manifest_unref);
  return FALSE;
}

static gboolean
settle (SnugIntake *self, GFile *folder, SnugSinkConflict conflict, GError **error)
{
  if (self->sink == NULL)
    return make_sink (self, folder, conflict, error);
  return folder == NULL
         || snug_sink_decide (self->sink, folder, self->plan.name, conflict, self->written, error);
}

gboolean
snug_intake_settle (SnugIntake *self, GFile *folder, SnugSinkConflict conflict, GError **error)
{
  if (self->is_settled || self->plan.looks)
    return TRUE;
  if (!settle (self, folder, conflict, error))
    return FALSE;
  self->is_settled = folder != NULL;
  return TRUE;
}

/* What was kept aside is gone when it could not be put into its folder. */
gboolean
snug_intake_can_settle_again (SnugIntake *self)
{
  return self->plan.resumable && self->sink == NULL;
}

void
snug_intake_set_fills (SnugIntake *self, gboolean fills)
{
  self->fills = fills;
}

static gboolean
knows_contents (SnugIntake *self)
{
  return self->is_settled && self->manifest != NULL && self->manifest_data == NULL;
}

/* What else is sent begins behind them. */
gboolean
snug_intake_fill_end (SnugIntake *self, GError **error)
{
  return !knows_contents (self) || self->written < self->manifest->n_bytes || fill (self, G_MAXUINT64, error);
}

GFile *
snug_intake_finish_if_all (SnugIntake *self, GError **error)
{
  if (!knows_contents (self) || snug_manifest_settle (self->manifest, &self->place))
    return NULL;
  if (self->plan.manifest != NULL)
    return snug_sink_finish_folder (self->sink, self->manifest, error);
  return snug_sink_finish (self->sink, self->plan.mtime, error);
}

SnugManifest *
snug_intake_peek_manifest (SnugIntake *self, GBytes **bytes)
{
  *bytes = self->plan.manifest_bytes;
  return self->plan.manifest != NULL ? self->manifest : NULL;
}

gboolean
snug_intake_only_looks (SnugIntake *self)
{
  return self->plan.looks;
}

void
snug_intake_begin_stream (SnugIntake *self)
{
  self->entry_open = FALSE;
  g_clear_pointer (&self->manifest_data, g_byte_array_unref);
}

GBytes *
snug_intake_get_next (SnugIntake *self, SnugPlace *next)
{
  next->entry = self->manifest != NULL ? self->place.entry : SNUG_WIRE_ENTRY_MANIFEST;
  next->offset = self->place.offset;
  if (self->place.entry == 0 && self->place.offset == 0)
    return NULL;
  return snug_fingerprint_value (&self->fingerprint);
}

SnugOffer *
snug_intake_lend (SnugIntake *self)
{
  gboolean is_known = self->sink != NULL && self->manifest != NULL;
  int fd = is_known && self->lent == NULL ? snug_sink_dup_part (self->sink) : -1;

  if (fd >= 0)
    {
      self->lent = snug_offer_new_part (self->manifest, self->plan.manifest_bytes, fd);
      snug_sink_tell_hashes (self->sink, self->lent->hashes);
    }
  return self->lent != NULL ? snug_offer_ref (self->lent) : NULL;
}

guint64
snug_intake_count_pieces (SnugIntake *self)
{
  return self->n_pieces;
}

guint64
snug_intake_get_written (SnugIntake *self)
{
  return self->written;
}

GBytes *
snug_intake_get_fingerprint (SnugIntake *self)
{
  return snug_fingerprint_value (&self->fingerprint);
}
