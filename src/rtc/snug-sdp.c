/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sdp.h"

#include <string.h>

#include "snug-certificate.h"
#include "snug-sdp-words.h"

G_DEFINE_QUARK (snug-sdp-error-quark, snug_sdp_error)

#define MAX_SECTIONS 16
#define MAX_MID 64
#define MAX_SECTION_LINE 256

/* RFC 8839 section 5.4. */
#define MIN_UFRAG 4
#define MIN_PWD 22
#define MAX_CREDENTIAL 256

static const char *const setup_names[] = { "actpass", "active", "passive" };

/* What one level of the description says; the session's is the default for the section's. */
typedef struct
{
  char     *mid;
  char     *ice_ufrag;
  char     *ice_pwd;
  gboolean  trickle;
  gboolean  has_fingerprint;
  guint8    fingerprint[SNUG_FINGERPRINT_SIZE];
  gboolean  has_setup;
  SnugSdpSetup setup;
  gboolean  has_sctp_port;
  guint64   sctp_port;
  gboolean  has_max_message_size;
  guint64   max_message_size;
  gboolean  bundle_only;
} Level;

typedef struct
{
  SnugSdp  *sdp;             /* owned by the caller */
  Level     session;
  Level     data;            /* of the data section that is alive */
  Level     other;           /* of a section that is not: read and thrown away */
  Level    *level;           /* borrowed: the one being read */
  gboolean  has_data;
  gboolean  is_rejected;     /* the section being read has port 0 and is no data section */
  guint     n_sections;
} Parser;

static gboolean
set_bad (GError **error, const char *what)
{
  g_set_error (error, SNUG_SDP_ERROR, SNUG_SDP_ERROR_BAD, "Unusable session description: %s", what);
  return FALSE;
}

static void
level_clear (Level *level)
{
  g_free (level->mid);
  g_free (level->ice_ufrag);
  g_free (level->ice_pwd);
  memset (level, 0, sizeof *level);
}

/* RFC 8866 section 9, "token". We write it back, so nothing else may pass. */
static gboolean
is_token (const char *word, gsize max)
{
  gsize n = strlen (word);

  for (gsize i = 0; i < n; i++)
    if (word[i] <= ' ' || word[i] > '~' || strchr ("\"(),/:;<=>?@[\\]", word[i]) != NULL)
      return FALSE;
  return n >= 1 && n <= max;
}

/* For values that a level may have once. */
static gboolean
take_string (char **where, const char *value, gboolean is_good, GError **error)
{
  if (!is_good || *where != NULL)
    return set_bad (error, "malformed or repeated ICE credentials or mid");
  *where = g_strdup (value);
  return TRUE;
}

static gboolean
take_number (gboolean *has, guint64 *where, const char *value, guint64 max, GError **error)
{
  if (*has || !snug_sdp_read_number (value, max, where))
    return set_bad (error, "number out of range");
  *has = TRUE;
  return TRUE;
}

/* RFC 8122 section 5: pairs of hexadecimal digits between colons; either case is seen. */
static gboolean
read_fingerprint (const char *text, guint8 out[SNUG_FINGERPRINT_SIZE])
{
  if (strlen (text) != 3 * SNUG_FINGERPRINT_SIZE - 1)
    return FALSE;

  for (gsize i = 0; i < SNUG_FINGERPRINT_SIZE; i++, text += 3)
    {
      int high = g_ascii_xdigit_value (text[0]);
      int low = g_ascii_xdigit_value (text[1]);

      if (high < 0 || low < 0 || text[2] != (i + 1 < SNUG_FINGERPRINT_SIZE ? ':' : '\0'))
        return FALSE;
      out[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

static gboolean
take_fingerprint (Level *level, const char *value, GError **error)
{
  guint8 fingerprint[SNUG_FINGERPRINT_SIZE];
  const char *space = strchr (value, ' ');

  if (space == NULL)
    return set_bad (error, "malformed fingerprint");
  /* Other hash functions may stand beside SHA-256; they add nothing. */
  if (space - value != (gssize) strlen ("sha-256") || g_ascii_strncasecmp (value, "sha-256", 7) != 0)
    return TRUE;
  if (!read_fingerprint (space + 1, fingerprint))
    return set_bad (error, "malformed fingerprint");
  if (level->has_fingerprint && memcmp (level->fingerprint, fingerprint, sizeof fingerprint) != 0)
    return set_bad (error, "two different fingerprints");

  memcpy (level->fingerprint, fingerprint, sizeof fingerprint);
  level->has_fingerprint = TRUE;
  return TRUE;
}

static gboolean
take_setup (Level *level, const char *value, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (setup_names) && !level->has_setup; i++)
    if (strcmp (value, setup_names[i]) == 0)
      {
        level->has_setup = TRUE;
        level->setup = (SnugSdpSetup) i;
        return TRUE;
      }
  return set_bad (error, "unknown or repeated setup");
}

static gboolean
take_ice_options (Level *level, const char *value)
{
  g_auto (GStrv) options = g_strsplit (value, " ", 16);

  if (g_strv_contains ((const char *const *) options, "trickle"))
    level->trickle = TRUE;
  return TRUE;
}

static gboolean
take_candidate (Parser *parser, const char *attribute, GError **error)
{
  if (parser->level != &parser->data)
    return TRUE;
  if (parser->sdp->candidates->len >= SNUG_SDP_MAX_CANDIDATES)
    return set_bad (error, "too many candidates");
  g_ptr_array_add (parser->sdp->candidates, g_strdup (attribute));
  return TRUE;
}

static gboolean
take_end_of_candidates (Parser *parser)
{
  if (parser->level == &parser->data || parser->level == &parser->session)
    parser->sdp->end_of_candidates = TRUE;
  return TRUE;
}

static gboolean
read_attribute (Parser *parser, const char *attribute, GError **error)
{
  Level *level = parser->level;
  const char *colon = strchr (attribute, ':');
  const char *value = colon != NULL ? colon + 1 : "";
  g_autofree char *name = colon != NULL ? g_strndup (attribute, (gsize) (colon - attribute))
                                        : g_strdup (attribute);

  if (strcmp (name, "mid") == 0)
    return take_string (&level->mid, value, is_token (value, MAX_MID), error);
  if (strcmp (name, "ice-ufrag") == 0)
    return take_string (&level->ice_ufrag, value, snug_sdp_is_ice_chars (value, MIN_UFRAG, MAX_CREDENTIAL), error);
  if (strcmp (name, "ice-pwd") == 0)
    return take_string (&level->ice_pwd, value, snug_sdp_is_ice_chars (value, MIN_PWD, MAX_CREDENTIAL), error);
  if (strcmp (name, "ice-options") == 0)
    return take_ice_options (level, value);
  if (strcmp (name, "fingerprint") == 0)
    return take_fingerprint (level, value, error);
  if (strcmp (name, "setup") == 0)
    return take_setup (level, value, error);
  if (strcmp (name, "sctp-port") == 0)
    return take_number (&level->has_sctp_port, &level->sctp_port, value, G_MAXUINT16, error);
  if (strcmp (name, "max-message-size") == 0)
    return take_number (&level->has_max_message_size, &level->max_message_size, value, G_MAXUINT64, error);
  if (strcmp (name, "candidate") == 0)
    return take_candidate (parser, attribute, error);
  if (strcmp (name, "end-of-candidates") == 0)
    return take_end_of_candidates (parser);
  if (strcmp (name, "bundle-only") == 0)
    level->bundle_only = TRUE;
  if (strcmp (name, "group") == 0 && g_str_has_prefix (value, "BUNDLE"))
    parser->sdp->bundle = TRUE;
  return TRUE;
}

/* RFC 8866 section 5.2: o=<username> <id> <version> <nettype> <addrtype> <address> */
static gboolean
read_origin (Parser *parser, const char *value, GError **error)
{
  g_auto (GStrv) words = g_strsplit (value, " ", 7);

  if (g_strv_length (words) != 6
      || !snug_sdp_read_number (words[1], G_MAXUINT64, &parser->sdp->session_id)
      || !snug_sdp_read_number (words[2], G_MAXUINT64, &parser->sdp->session_version))
    return set_bad (error, "malformed origin");
  return TRUE;
}

static gboolean
is_data_section (char **words)
{
  return strcmp (words[0], "application") == 0 && words[4] == NULL
         && (strcmp (words[2], "UDP/DTLS/SCTP") == 0 || strcmp (words[2], "TCP/DTLS/SCTP") == 0)
         && strcmp (words[3], "webrtc-datachannel") == 0;
}

static gboolean
begin_data_section (Parser *parser, GError **error)
{
  if (parser->has_data)
    return set_bad (error, "more than one data section");
  parser->has_data = TRUE;
  parser->is_rejected = FALSE;
  parser->level = &parser->data;
  parser->sdp->section_index = parser->n_sections;
  return TRUE;
}

static gboolean
begin_other_section (Parser *parser, char **words, GError **error)
{
  g_autofree char *rest = g_strjoinv (" ", words + 2);

  if (strcmp (words[1], "0") != 0)
    return set_bad (error, "a section that carries no data channels");
  parser->is_rejected = TRUE;
  parser->level = &parser->other;
  g_ptr_array_add (parser->sdp->rejected_sections, g_strdup_printf ("%s 0 %s", words[0], rest));
  return TRUE;
}

/* A bundle-only section has port 0 and is alive nevertheless (RFC 9143 section 6). */
static gboolean
end_section (Parser *parser, GError **error)
{
  gboolean is_alive = parser->is_rejected && parser->other.bundle_only;

  level_clear (&parser->other);
  return is_alive ? set_bad (error, "a section that carries no data channels") : TRUE;
}

static gboolean
begin_section (Parser *parser, const char *value, GError **error)
{
  g_auto (GStrv) words = g_strsplit (value, " ", -1);
  guint64 port;

  if (!end_section (parser, error))
    return FALSE;
  if (strlen (value) > MAX_SECTION_LINE || !snug_sdp_is_printable (value) || g_strv_length (words) < 4
      || !snug_sdp_read_number (words[1], G_MAXUINT16, &port))
    return set_bad (error, "malformed section");
  if (parser->n_sections >= MAX_SECTIONS)
    return set_bad (error, "too many sections");

  gboolean is_data = is_data_section (words) && port != 0;
  gboolean is_good = is_data ? begin_data_section (parser, error)
                             : begin_other_section (parser, words, error);
  parser->n_sections++;
  return is_good;
}

static gboolean
read_line (Parser *parser, guint number, const char *line, GError **error)
{
  if (number == 0 && strcmp (line, "v=0") != 0)
    return set_bad (error, "it does not begin with v=0");
  if (!g_ascii_islower (line[0]) || line[1] != '=')
    return set_bad (error, "a line that is none");

  switch (line[0])
    {
    case 'o':
      return read_origin (parser, line + 2, error);
    case 'm':
      return begin_section (parser, line + 2, error);
    case 'a':
      return read_attribute (parser, line + 2, error);
    default:
      return TRUE;
    }
}

static gboolean
read_lines (Parser *parser, const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n_lines = g_strv_length (lines);

  for (guint i = 0; i < n_lines; i++)
    {
      if (g_str_has_suffix (lines[i], "\r"))
        lines[i][strlen (lines[i]) - 1] = '\0';
      /* the end of the last line */
      if (i > 0 && i + 1 == n_lines && *lines[i] == '\0')
        break;
      if (!read_line (parser, i, lines[i], error))
        return FALSE;
    }
  return end_section (parser, error);
}

static void
inherit (Level *data, Level *session)
{
  if (data->ice_ufrag == NULL && data->ice_pwd == NULL)
    {
      data->ice_ufrag = g_steal_pointer (&session->ice_ufrag);
      data->ice_pwd = g_steal_pointer (&session->ice_pwd);
    }
  if (!data->has_fingerprint)
    memcpy (data->fingerprint, session->fingerprint, sizeof data->fingerprint);
  data->has_fingerprint |= session->has_fingerprint;
  if (!data->has_setup)
    data->setup = session->setup;
  data->has_setup |= session->has_setup;
  data->trickle |= session->trickle;
}

static gboolean
finish (Parser *parser, GError **error)
{
  SnugSdp *sdp = parser->sdp;
  Level *data = &parser->data;

  if (!parser->has_data)
    return set_bad (error, "no data section");
  inherit (data, &parser->session);
  if (data->ice_ufrag == NULL || data->ice_pwd == NULL)
    return set_bad (error, "no ICE credentials");
  if (!data->has_fingerprint)
    return set_bad (error, "no SHA-256 fingerprint");
  if (!data->has_setup)
    return set_bad (error, "no setup");
  if (!data->has_sctp_port || data->sctp_port == 0)
    return set_bad (error, "no SCTP port");

  sdp->mid = data->mid != NULL ? g_steal_pointer (&data->mid) : g_strdup ("0");
  sdp->ice_ufrag = g_steal_pointer (&data->ice_ufrag);
  sdp->ice_pwd = g_steal_pointer (&data->ice_pwd);
  sdp->trickle = data->trickle;
  memcpy (sdp->fingerprint, data->fingerprint, sizeof sdp->fingerprint);
  sdp->setup = data->setup;
  sdp->sctp_port = (guint16) data->sctp_port;
  sdp->max_message_size = data->has_max_message_size ? data->max_message_size
                                                     : SNUG_SDP_DEFAULT_MAX_MESSAGE_SIZE;
  return TRUE;
}

SnugSdp *
snug_sdp_new (void)
{
  SnugSdp *sdp = g_new0 (SnugSdp, 1);

  sdp->candidates = g_ptr_array_new_with_free_func (g_free);
  sdp->rejected_sections = g_ptr_array_new_with_free_func (g_free);
  return sdp;
}

SnugSdp *
snug_sdp_parse (const char *text, GError **error)
{
  g_autoptr (SnugSdp) sdp = snug_sdp_new ();
  Parser parser = { .sdp = sdp };
  gboolean is_good;

  if (strnlen (text, SNUG_SDP_MAX_BYTES + 1) > SNUG_SDP_MAX_BYTES)
    {
      g_set_error_literal (error, SNUG_SDP_ERROR, SNUG_SDP_ERROR_TOO_LARGE,
                           "Unusable session description: too large");
      return NULL;
    }

  parser.level = &parser.session;
  is_good = read_lines (&parser, text, error) && finish (&parser, error);
  level_clear (&parser.session);
  level_clear (&parser.data);
  level_clear (&parser.other);
  return is_good ? g_steal_pointer (&sdp) : NULL;
}

static void
append_data_section (GString *text, const SnugSdp *sdp)
{
  g_autofree char *fingerprint = snug_fingerprint_to_text (sdp->fingerprint);

  g_string_append (text, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n");
  for (guint i = 0; sdp->candidates != NULL && i < sdp->candidates->len; i++)
    g_string_append_printf (text, "a=%s\r\n", (const char *) g_ptr_array_index (sdp->candidates, i));
  if (sdp->end_of_candidates)
    g_string_append (text, "a=end-of-candidates\r\n");
  g_string_append_printf (text, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", sdp->ice_ufrag, sdp->ice_pwd);
  if (sdp->trickle)
    g_string_append (text, "a=ice-options:trickle\r\n");
  g_string_append_printf (text, "a=fingerprint:sha-256 %s\r\na=setup:%s\r\na=mid:%s\r\n", fingerprint,
                          setup_names[sdp->setup], sdp->mid);
  g_string_append_printf (text, "a=sctp-port:%u\r\na=max-message-size:%" G_GUINT64_FORMAT "\r\n",
                          sdp->sctp_port, sdp->max_message_size);
}

/* RFC 9429 section 5.3.1: an answer has the sections of the offer in their order. */
char *
snug_sdp_to_text (const SnugSdp *sdp)
{
  GString *text = g_string_new (NULL);
  guint n_rejected = sdp->rejected_sections != NULL ? sdp->rejected_sections->len : 0;

  g_string_printf (text, "v=0\r\no=- %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " IN IP4 127.0.0.1\r\n"
                   "s=-\r\nt=0 0\r\n", sdp->session_id, sdp->session_version);
  if (sdp->bundle)
    g_string_append_printf (text, "a=group:BUNDLE %s\r\n", sdp->mid);

  for (guint i = 0; i <= n_rejected; i++)
    {
      if (i == sdp->section_index)
        append_data_section (text, sdp);
      if (i < n_rejected)
        g_string_append_printf (text, "m=%s\r\nc=IN IP4 0.0.0.0\r\n",
                                (const char *) g_ptr_array_index (sdp->rejected_sections, i));
    }
  return g_string_free (text, FALSE);
}

void
snug_sdp_free (SnugSdp *sdp)
{
  g_free (sdp->mid);
  g_free (sdp->ice_ufrag);
  g_free (sdp->ice_pwd);
  g_ptr_array_unref (sdp->candidates);
  g_ptr_array_unref (sdp->rejected_sections);
  g_free (sdp);
}
