/* What the system says of proxies, and what becomes of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-proxy.h"

#define PROXY "socks5://192.0.2.1:1080"

static void
on_looked_up (GObject *resolver, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  char ***found = data;

  *found = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (resolver), result, &error);
  g_assert_no_error (error);
}

/* In both ways, separated by blanks. */
static char *
look_up (GProxyResolver *resolver, const char *url)
{
  g_auto (GStrv) at_once = g_proxy_resolver_lookup (resolver, url, NULL, NULL);
  g_auto (GStrv) later = NULL;

  g_assert_nonnull (at_once);
  g_proxy_resolver_lookup_async (resolver, url, NULL, on_looked_up, &later);
  while (later == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_strv_equal ((const char *const *) at_once, (const char *const *) later));
  return g_strjoinv (" ", at_once);
}

static void
test_names_are_not_looked_up (void)
{
  const struct { const char *named, *wanted; } rows[] = {
    { PROXY, PROXY },
    { "http://user:word@192.0.2.1:3128", "http://user:word@192.0.2.1:3128" },
    /* GIO's own resolver makes three of it, the last of them SOCKS 4. */
    { "socks://192.0.2.1:1080", "socks5://192.0.2.1:1080 socks4a://192.0.2.1:1080" },
    { "socks4://192.0.2.1:1080", "socks4a://192.0.2.1:1080" },
    { "socks5h://192.0.2.1:1080", PROXY },
    { "direct://", "direct://" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GProxyResolver) system = g_simple_proxy_resolver_new (rows[i].named, NULL);
      g_autoptr (GProxyResolver) ours = snug_proxy_resolver_new (system);
      g_autofree char *found = look_up (ours, "https://snug.example:8443");

      g_assert_cmpstr (found, ==, rows[i].wanted);
    }
}

static void
test_this_computer_is_reached_directly (void)
{
  g_autoptr (GProxyResolver) system = g_simple_proxy_resolver_new (PROXY, NULL);
  g_autoptr (GProxyResolver) ours = snug_proxy_resolver_new (system);
  const struct { const char *url, *wanted; } rows[] = {
    { "http://127.0.0.1:2029", "direct://" },
    { "http://127.9.9.9:2029", "direct://" },
    { "http://[::1]:2029", "direct://" },
    { "http://LocalHost:2029", "direct://" },
    { "http://localhost.example:2029", PROXY },
    { "http://192.168.1.2:2029", PROXY },
    { "http://[fe80::1]:2029", PROXY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *found = look_up (ours, rows[i].url);

      g_assert_cmpstr (found, ==, rows[i].wanted);
    }
}

static void
test_all_proxy_where_there_is_no_other (void)
{
  g_autoptr (GProxyResolver) none = g_simple_proxy_resolver_new ("direct://", NULL);
  g_autoptr (GProxyResolver) one = g_simple_proxy_resolver_new ("http://192.0.2.9:3128", NULL);
  g_autoptr (GProxyResolver) alone = NULL;
  g_autoptr (GProxyResolver) beside = NULL;
  const struct { GProxyResolver **resolver; const char *url, *wanted; } rows[] = {
    { &alone, "https://snug.example", PROXY },
    { &alone, "https://rooms.inside.example", "direct://" },
    { &alone, "http://10.1.2.3:2029", "direct://" },
    { &alone, "http://127.0.0.1:2029", "direct://" },
    { &beside, "https://snug.example", "http://192.0.2.9:3128" },
  };

  g_setenv ("all_proxy", "socks5h://192.0.2.1:1080", TRUE);
  g_setenv ("no_proxy", "inside.example, 10.0.0.0/8", TRUE);
  alone = snug_proxy_resolver_new (none);
  beside = snug_proxy_resolver_new (one);
  g_unsetenv ("all_proxy");
  g_unsetenv ("no_proxy");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *found = look_up (*rows[i].resolver, rows[i].url);

      g_assert_cmpstr (found, ==, rows[i].wanted);
    }
}

static void
test_no_proxy_at_all (void)
{
  const struct { const char *none, *wanted; } rows[] = {
    { "*", "direct://" },
    { "inside.example, *", "direct://" },
    { "*.inside.example", PROXY },
    { "", PROXY },
  };

  g_setenv ("all_proxy", PROXY, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GProxyResolver) one = g_simple_proxy_resolver_new (PROXY, NULL);
      g_autoptr (GProxyResolver) none = g_simple_proxy_resolver_new ("direct://", NULL);
      g_autoptr (GProxyResolver) beside = NULL;
      g_autoptr (GProxyResolver) alone = NULL;
      g_autofree char *found_beside = NULL, *found_alone = NULL;

      g_setenv ("no_proxy", rows[i].none, TRUE);
      beside = snug_proxy_resolver_new (one);
      alone = snug_proxy_resolver_new (none);
      found_beside = look_up (beside, "https://snug.example");
      found_alone = look_up (alone, "https://snug.example");
      g_assert_cmpstr (found_beside, ==, rows[i].wanted);
      g_assert_cmpstr (found_alone, ==, rows[i].wanted);
    }
  g_unsetenv ("all_proxy");
  g_unsetenv ("no_proxy");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/proxy/" path, func)
  ADD ("names-are-not-looked-up", test_names_are_not_looked_up);
  ADD ("this-computer-is-reached-directly", test_this_computer_is_reached_directly);
  ADD ("all-proxy-where-there-is-no-other", test_all_proxy_where_there_is_no_other);
  ADD ("no-proxy-at-all", test_no_proxy_at_all);
  return g_test_run ();
}
