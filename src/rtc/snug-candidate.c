/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-candidate.h"

#include <string.h>

#include "snug-sdp-words.h"

G_DEFINE_QUARK (snug-candidate-error-quark, snug_candidate_error)

/* foundation, component, transport, priority, address, port, "typ", type */
#define N_FIXED_WORDS 8
#define MAX_WORDS 64
#define MAX_FOUNDATION 32
#define MAX_NAME 253
#define UUID_LENGTH 36

static const char *const type_names[] = { "host", "srflx", "prflx", "relay" };

gboolean
snug_candidate_is_end (const char *text)
{
  return *text == '\0';
}

/* An address or a name: nothing else may pass, because it is shown and written back. */
static gboolean
is_address (const char *word)
{
  gsize n = strlen (word);

  if (strchr (word, ':') != NULL)
    return strchr (word, '%') == NULL && g_hostname_is_ip_address (word);
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (word[i]) && word[i] != '-' && word[i] != '.' && word[i] != '_')
      return FALSE;
  return n >= 1 && n <= MAX_NAME;
}

static gboolean
read_transport (SnugCandidate *candidate, const char *word)
{
  candidate->is_udp = g_ascii_strcasecmp (word, "udp") == 0;
  return candidate->is_udp || g_ascii_strcasecmp (word, "tcp") == 0;
}

static gboolean
read_type (SnugCandidate *candidate, const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (strcmp (word, type_names[i]) == 0)
      {
        candidate->type = (SnugCandidateType) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_fixed (SnugCandidate *candidate, char **words)
{
  guint64 component, priority, port;

  if (!snug_sdp_is_ice_chars (words[0], 1, MAX_FOUNDATION)
      || !snug_sdp_read_number (words[1], 256, &component) || component == 0
      || !read_transport (candidate, words[2])
      || !snug_sdp_read_number (words[3], G_MAXUINT32, &priority)
      || !is_address (words[4])
      || !snug_sdp_read_number (words[5], G_MAXUINT16, &port)
      || strcmp (words[6], "typ") != 0
      || !read_type (candidate, words[7]))
    return FALSE;

  candidate->foundation = g_strdup (words[0]);
  candidate->component = (guint) component;
  candidate->priority = (guint32) priority;
  candidate->address = g_strdup (words[4]);
  candidate->port = (guint16) port;
  return TRUE;
}

/* RFC 8839 section 5.1: pairs of name and value; unknown ones are to be ignored. */
static gboolean
read_extensions (SnugCandidate *candidate, char **words)
{
  guint64 port;

  for (; words[0] != NULL; words += 2)
    {
      if (words[1] == NULL)
        return FALSE;
      if (strcmp (words[0], "raddr") == 0)
        {
          if (candidate->related_address != NULL || !is_address (words[1]))
            return FALSE;
          candidate->related_address = g_strdup (words[1]);
        }
      else if (strcmp (words[0], "rport") == 0)
        {
          if (!snug_sdp_read_number (words[1], G_MAXUINT16, &port))
            return FALSE;
          candidate->related_port = (guint16) port;
        }
    }
  return TRUE;
}

SnugCandidate *
snug_candidate_parse (const char *text, GError **error)
{
  g_autoptr (SnugCandidate) candidate = g_new0 (SnugCandidate, 1);
  g_auto (GStrv) words = NULL;

  if (g_str_has_prefix (text, "a="))
    text += strlen ("a=");
  if (strnlen (text, SNUG_CANDIDATE_MAX_BYTES + 1) <= SNUG_CANDIDATE_MAX_BYTES
      && g_str_has_prefix (text, "candidate:") && snug_sdp_is_printable (text))
    words = g_strsplit (text + strlen ("candidate:"), " ", MAX_WORDS + 1);

  if (words == NULL || g_strv_length (words) < N_FIXED_WORDS || g_strv_length (words) > MAX_WORDS
      || !read_fixed (candidate, words) || !read_extensions (candidate, words + N_FIXED_WORDS))
    {
      g_set_error_literal (error, SNUG_CANDIDATE_ERROR, SNUG_CANDIDATE_ERROR_BAD,
                           "Malformed ICE candidate");
      return NULL;
    }
  return g_steal_pointer (&candidate);
}

static gboolean
is_of_our_kind (const SnugCandidate *candidate)
{
  return candidate->is_udp && candidate->component == 1 && candidate->port != 0;
}

gboolean
snug_candidate_is_usable (const SnugCandidate *candidate)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (candidate->address);

  return is_of_our_kind (candidate) && address != NULL
         && !g_inet_address_get_is_any (address) && !g_inet_address_get_is_multicast (address)
         && strcmp (candidate->address, "255.255.255.255") != 0;
}

gboolean
snug_candidate_is_named (const SnugCandidate *candidate)
{
  g_autofree char *label = g_strndup (candidate->address, UUID_LENGTH);

  return is_of_our_kind (candidate) && candidate->type == SNUG_CANDIDATE_HOST && g_uuid_string_is_valid (label)
         && g_ascii_strcasecmp (candidate->address + UUID_LENGTH, ".local") == 0;
}

char *
snug_candidate_to_text (const SnugCandidate *candidate)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "candidate:%s %u %s %u %s %u typ %s", candidate->foundation,
                   candidate->component, candidate->is_udp ? "udp" : "tcp", candidate->priority,
                   candidate->address, candidate->port, type_names[candidate->type]);
  if (candidate->related_address != NULL)
    g_string_append_printf (text, " raddr %s rport %u", candidate->related_address,
                            candidate->related_port);
  return g_string_free (text, FALSE);
}

SnugCandidate *
snug_candidate_copy (const SnugCandidate *candidate)
{
  SnugCandidate *copy = g_memdup2 (candidate, sizeof *candidate);

  copy->foundation = g_strdup (candidate->foundation);
  copy->address = g_strdup (candidate->address);
  copy->related_address = g_strdup (candidate->related_address);
  return copy;
}

void
snug_candidate_free (SnugCandidate *candidate)
{
  g_free (candidate->foundation);
  g_free (candidate->address);
  g_free (candidate->related_address);
  g_free (candidate);
}
