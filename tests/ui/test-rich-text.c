/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-rich-text.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const char *const kinds[] = {
  [SNUG_RICH_TEXT] = "text", [SNUG_RICH_BOLD] = "bold", [SNUG_RICH_CODE] = "code",
  [SNUG_RICH_BLOCK] = "block", [SNUG_RICH_LINK] = "link",
};

static JsonParser *
load (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "rich-text.json", NULL);
  g_autoptr (GError) error = NULL;
  JsonParser *parser = json_parser_new ();

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return parser;
}

/* "kind:text|kind:text" */
static char *
describe (const char *text)
{
  g_autoptr (GPtrArray) spans = snug_rich_text_parse (text);
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < spans->len; i++)
    {
      SnugRichSpan *span = g_ptr_array_index (spans, i);

      g_string_append_printf (words, "%s%s:%s", i > 0 ? "|" : "", kinds[span->kind], span->text);
    }
  return g_string_free (words, FALSE);
}

static char *
describe_expected (JsonArray *spans)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (spans); i++)
    {
      JsonArray *span = json_array_get_array_element (spans, i);

      g_string_append_printf (words, "%s%s:%s", i > 0 ? "|" : "", json_array_get_string_element (span, 0),
                              json_array_get_string_element (span, 1));
    }
  return g_string_free (words, FALSE);
}

static void
test_as_the_page (void)
{
  g_autoptr (JsonParser) parser = load ();
  JsonArray *cases = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "cases");

  g_assert_cmpuint (json_array_get_length (cases), >, 10);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonArray *row = json_array_get_array_element (cases, i);
      g_autofree char *found = describe (json_array_get_string_element (row, 0));
      g_autofree char *expected = describe_expected (json_array_get_array_element (row, 1));

      g_assert_cmpstr (found, ==, expected);
    }
}

static void
test_plain_stays_plain (void)
{
  g_autoptr (JsonParser) parser = load ();
  JsonArray *plain = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "plain");

  g_assert_cmpuint (json_array_get_length (plain), >, 10);
  for (guint i = 0; i < json_array_get_length (plain); i++)
    {
      const char *text = json_array_get_string_element (plain, i);
      g_autofree char *found = describe (text);
      g_autofree char *expected = g_strconcat ("text:", text, NULL);

      g_assert_cmpstr (found, ==, expected);
    }
}

static void
on_element (GMarkupParseContext *context, const char *name, const char **names, const char **values, gpointer data,
            GError **error)
{
  g_autofree char *scheme = NULL;

  if (g_str_equal (name, "a"))
    {
      g_assert_cmpstr (names[0], ==, "href");
      g_assert_null (names[1]);
      scheme = g_uri_parse_scheme (values[0]);
      g_assert_true (g_str_equal (scheme, "http") || g_str_equal (scheme, "https") || g_str_equal (scheme, "mailto"));
      return;
    }
  g_assert_null (names[0]);
  g_assert_true (g_str_equal (name, "b") || g_str_equal (name, "tt") || g_str_equal (name, "markup"));
}

static void
assert_harmless (const char *text)
{
  const GMarkupParser parser = { .start_element = on_element };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  g_autofree char *inner = snug_rich_text_to_markup (text);
  g_autofree char *markup = g_strconcat ("<markup>", inner, "</markup>", NULL);
  g_autoptr (GError) error = NULL;

  g_markup_parse_context_parse (context, markup, -1, &error);
  g_assert_no_error (error);
  g_assert_true (g_markup_parse_context_end_parse (context, &error));
}

/* Whatever pieces a stranger puts together: it is markup, and only of the kinds we make. */
static void
test_markup_of_strangers (void)
{
  static const char *const pieces[] = {
    "<", ">", "&", "\"", "'", "`", "```", "**", "*", "\n", " ", "http://", "https://a", "mailto:", "x", "ü", "</tt>",
    "<a href=\"file:///\">", "\001", "\033[1m", "\342\200\256", "&#x41;", ")", "(", "\xff", "ftp://", "%00", "[::1]",
  };

  assert_harmless ("");
  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (int n = g_test_rand_int_range (1, 24); n > 0; n--)
        g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      assert_harmless (text->str);
    }
}

static void
test_long_and_hostile (void)
{
  static const char *const pieces[] = { "*", "`", "**a", "https://", "http://a ", "```a", "(", "** " };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      while (text->len < 65536)
        g_string_append (text, pieces[i]);
      assert_harmless (text->str);
    }
}

static void
test_markup (void)
{
  g_autofree char *markup = snug_rich_text_to_markup ("<i> **b** `c` http://example.org/?a&b \342\200\256x");

  g_assert_cmpstr (markup, ==, "&lt;i&gt; <b>b</b> <tt>c</tt> "
                   "<a href=\"http://example.org/?a&amp;b\">http://example.org/?a&amp;b</a> x");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rich-text/as-the-page", test_as_the_page);
  g_test_add_func ("/rich-text/plain-stays-plain", test_plain_stays_plain);
  g_test_add_func ("/rich-text/markup", test_markup);
  g_test_add_func ("/rich-text/markup-of-strangers", test_markup_of_strangers);
  g_test_add_func ("/rich-text/long-and-hostile", test_long_and_hostile);
  return g_test_run ();
}
