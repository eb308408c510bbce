/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-proxy.h"

#include <string.h>

struct _SnugProxyResolver
{
  GObject         parent_instance;

  GProxyResolver *system;   /* owned */
  GProxyResolver *all;      /* owned, nullable: where the system names none */
  gboolean        none;     /* no_proxy=* */
};

static void snug_proxy_resolver_init_interface (GProxyResolverInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SnugProxyResolver, snug_proxy_resolver, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, snug_proxy_resolver_init_interface))

/* What is asked for */

/* A port of this computer is another one at the proxy. */
static gboolean
is_here (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return host != NULL && g_ascii_strcasecmp (host, "localhost") == 0;
}

static gboolean
goes_direct (SnugProxyResolver *self, const char *url)
{
  return self->none || is_here (url);
}

static char **
name_none (void)
{
  static const char *const direct[] = { "direct://", NULL };

  return g_strdupv ((char **) direct);
}

/* What is answered */

static void
add_once (GStrvBuilder *proxies, GHashTable *known, const char *scheme, const char *rest)
{
  g_autofree char *proxy = g_strconcat (scheme, rest, NULL);

  if (g_hash_table_contains (known, proxy))
    return;
  g_strv_builder_add (proxies, proxy);
  g_hash_table_add (known, g_steal_pointer (&proxy));
}

/* Who has set these means it, and would never see that they were passed over. */
static void
read_environment (SnugProxyResolver *self)
{
  const char *all = g_getenv ("all_proxy") != NULL ? g_getenv ("all_proxy") : g_getenv ("ALL_PROXY");
  const char *none = g_getenv ("no_proxy") != NULL ? g_getenv ("no_proxy") : g_getenv ("NO_PROXY");
  g_auto (GStrv) ignored = g_strsplit_set (none != NULL ? none : "", ", ", -1);

  self->none = g_strv_contains ((const char *const *) ignored, "*");
  if (all != NULL && *all != '\0')
    self->all = g_simple_proxy_resolver_new (all, ignored);
}

static gboolean
is_direct (char **named)
{
  return g_strv_length (named) == 1 && g_str_equal (named[0], "direct://");
}

/* SOCKS 4a is SOCKS 4 for names. Takes the list. */
static char **
keep_names (char **named)
{
  g_autoptr (GStrvBuilder) proxies = g_strv_builder_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (char **proxy = named; *proxy != NULL; proxy++)
    {
      const char *rest = strstr (*proxy, "://");

      if (g_str_has_prefix (*proxy, "socks://"))
        {
          add_once (proxies, known, "socks5", rest);
          add_once (proxies, known, "socks4a", rest);
        }
      else if (g_str_has_prefix (*proxy, "socks4://"))
        add_once (proxies, known, "socks4a", rest);
      /* As curl calls what is done here anyway. */
      else if (g_str_has_prefix (*proxy, "socks5h://"))
        add_once (proxies, known, "socks5", rest);
      else
        add_once (proxies, known, *proxy, "");
    }
  g_strfreev (named);
  return g_strv_builder_end (proxies);
}

/* Takes the list. */
static char **
finish (SnugProxyResolver *self, const char *url, char **named)
{
  char **all = self->all != NULL && is_direct (named) ? g_proxy_resolver_lookup (self->all, url, NULL, NULL) : NULL;

  if (all == NULL)
    return keep_names (named);
  g_strfreev (named);
  return keep_names (all);
}

/* The interface */

static gboolean
is_supported (GProxyResolver *resolver)
{
  return g_proxy_resolver_is_supported (SNUG_PROXY_RESOLVER (resolver)->system);
}

static char **
lookup (GProxyResolver *resolver, const char *url, GCancellable *cancellable, GError **error)
{
  char **named;

  if (goes_direct (SNUG_PROXY_RESOLVER (resolver), url))
    return name_none ();
  named = g_proxy_resolver_lookup (SNUG_PROXY_RESOLVER (resolver)->system, url, cancellable, error);
  return named != NULL ? finish (SNUG_PROXY_RESOLVER (resolver), url, named) : NULL;
}

static void
on_looked_up (GObject *system, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  char **named = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (system), result, &error);

  if (named == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, finish (g_task_get_source_object (task), g_task_get_task_data (task), named),
                           (GDestroyNotify) g_strfreev);
}

static void
lookup_async (GProxyResolver *resolver, const char *url, GCancellable *cancellable, GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_task_set_source_tag (task, lookup_async);
  g_task_set_task_data (task, g_strdup (url), g_free);
  if (goes_direct (SNUG_PROXY_RESOLVER (resolver), url))
    g_task_return_pointer (task, name_none (), (GDestroyNotify) g_strfreev);
  else
    g_proxy_resolver_lookup_async (SNUG_PROXY_RESOLVER (resolver)->system, url, cancellable, on_looked_up,
                                   g_steal_pointer (&task));
}

static char **
lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
snug_proxy_resolver_init_interface (GProxyResolverInterface *interface)
{
  interface->is_supported = is_supported;
  interface->lookup = lookup;
  interface->lookup_async = lookup_async;
  interface->lookup_finish = lookup_finish;
}

GProxyResolver *
snug_proxy_resolver_new (GProxyResolver *system)
{
  SnugProxyResolver *self = g_object_new (SNUG_TYPE_PROXY_RESOLVER, NULL);

  self->system = g_object_ref (system != NULL ? system : g_proxy_resolver_get_default ());
  read_environment (self);
  return G_PROXY_RESOLVER (self);
}

static void
snug_proxy_resolver_finalize (GObject *object)
{
  SnugProxyResolver *self = SNUG_PROXY_RESOLVER (object);

  g_clear_object (&self->system);
  g_clear_object (&self->all);
  G_OBJECT_CLASS (snug_proxy_resolver_parent_class)->finalize (object);
}

static void
snug_proxy_resolver_class_init (SnugProxyResolverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_proxy_resolver_finalize;
}

static void
snug_proxy_resolver_init (SnugProxyResolver *self)
{
}
