/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-columns.h"

#include "snug-text-size.h"

struct _SnugColumns
{
  GtkLayoutManager parent_instance;

  int              least;
  int              spacing;
  int              row_spacing;
  gboolean         split;
  gboolean         whole;
  gboolean         second_first;
};

G_DEFINE_FINAL_TYPE (SnugColumns, snug_columns, GTK_TYPE_LAYOUT_MANAGER)

enum
{
  PROP_0,
  PROP_LEAST,
  PROP_SPACING,
  PROP_ROW_SPACING,
  PROP_SPLIT,
  PROP_WHOLE,
  PROP_SECOND_FIRST,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

#define MOST_CHILDREN 3

typedef struct
{
  GtkWidget *items[MOST_CHILDREN];   /* borrowed */
  guint      n;
} Children;

static Children
get_children (GtkWidget *widget)
{
  Children children = { .n = 0 };

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && children.n < MOST_CHILDREN;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child))
      children.items[children.n++] = child;
  return children;
}

static int
get_least (SnugColumns *self)
{
  return snug_text_size_scale (gtk_layout_manager_get_widget (GTK_LAYOUT_MANAGER (self)), self->least);
}

/* Of @n below each other. */
static void
measure_column (SnugColumns *self, GtkWidget *const *items, guint n, GtkOrientation orientation, int for_size,
                int *minimum, int *natural)
{
  int gaps = orientation == GTK_ORIENTATION_VERTICAL && n > 1 ? (int) (n - 1) * self->row_spacing : 0;
  int item_minimum, item_natural;

  *minimum = gaps;
  *natural = gaps;
  for (guint i = 0; i < n; i++)
    {
      gtk_widget_measure (items[i], orientation, for_size, &item_minimum, &item_natural, NULL, NULL);
      if (orientation == GTK_ORIENTATION_VERTICAL)
        {
          *minimum += item_minimum;
          *natural += item_natural;
        }
      else
        {
          *minimum = MAX (*minimum, item_minimum);
          *natural = MAX (*natural, item_natural);
        }
    }
}

/* The width of the second column, or 0 if all stand below each other at @width. Widths of children are asked for
 * unconstrained, so the answer is the same while measuring and while allocating. */
static int
second_column_width (SnugColumns *self, const Children *children, int width)
{
  int first_minimum, first_natural, second_minimum, second_natural;
  int first_width, second_width, least;

  if (children->n < 2)
    return 0;
  measure_column (self, children->items, 1, GTK_ORIENTATION_HORIZONTAL, -1, &first_minimum, &first_natural);
  measure_column (self, children->items + 1, children->n - 1, GTK_ORIENTATION_HORIZONTAL, -1, &second_minimum,
                  &second_natural);

  second_width = self->split ? (width - self->spacing) / 2 : second_natural;
  first_width = width - self->spacing - second_width;
  least = MAX (self->whole ? first_natural : first_minimum, get_least (self));
  return first_width >= least && second_width >= second_minimum ? second_width : 0;
}

static void
measure_width (SnugColumns *self, const Children *children, int *minimum, int *natural)
{
  int first_minimum, first_natural, second_minimum, second_natural;

  measure_column (self, children->items, MIN (children->n, 1), GTK_ORIENTATION_HORIZONTAL, -1, &first_minimum,
                  &first_natural);
  *minimum = first_minimum;
  *natural = self->split ? 2 * first_natural : first_natural;
  if (children->n < 2)
    return;
  measure_column (self, children->items + 1, children->n - 1, GTK_ORIENTATION_HORIZONTAL, -1, &second_minimum,
                  &second_natural);
  *minimum = MAX (first_minimum, second_minimum);
  first_natural = MAX (first_natural, self->spacing > 0 ? get_least (self) : 0);
  *natural = self->spacing + (self->split ? 2 * MAX (first_natural, second_natural) : first_natural + second_natural);
}

static void
measure_height (SnugColumns *self, const Children *children, int width, int *minimum, int *natural)
{
  int first_minimum, first_natural, second_minimum, second_natural;
  int first_width = -1, second_width = -1;
  gboolean is_wide = width < 0 && children->n > 1;

  /* Without a width it is the least of any: with room for all, they are beside each other. */
  if (width >= 0)
    {
      second_width = second_column_width (self, children, width);
      first_width = width - self->spacing - second_width;
      is_wide = second_width > 0;
    }
  if (!is_wide)
    {
      measure_column (self, children->items, children->n, GTK_ORIENTATION_VERTICAL, width, minimum, natural);
      return;
    }
  measure_column (self, children->items, 1, GTK_ORIENTATION_VERTICAL, first_width, &first_minimum, &first_natural);
  measure_column (self, children->items + 1, children->n - 1, GTK_ORIENTATION_VERTICAL, second_width, &second_minimum,
                  &second_natural);
  *minimum = MAX (first_minimum, second_minimum);
  *natural = MAX (first_natural, second_natural);
}

static void
snug_columns_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation,
                      int for_size,
                      int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  Children children = get_children (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (SNUG_COLUMNS (manager), &children, minimum, natural);
  else
    measure_height (SNUG_COLUMNS (manager), &children, for_size, minimum, natural);
}

static GtkSizeRequestMode
snug_columns_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
allocate (GtkWidget *widget, GtkWidget *child, int x, int y, int width, int height)
{
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkAllocation box = { mirrored ? gtk_widget_get_width (widget) - x - width : x, y, width,
                       height };

  gtk_widget_size_allocate (child, &box, -1);
}

/* The last gets what those above it leave. */
static void
allocate_column (SnugColumns *self, GtkWidget *widget, GtkWidget *const *items, guint n, int x, int width, int height)
{
  int minimum, natural;
  int y = 0;

  for (guint i = 0; i < n; i++)
    {
      gtk_widget_measure (items[i], GTK_ORIENTATION_VERTICAL, width, &minimum, &natural, NULL, NULL);
      if (i == n - 1)
        natural = MAX (height - y, 0);
      allocate (widget, items[i], x, y, width, natural);
      y += natural + self->row_spacing;
    }
}

static void
snug_columns_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height,
                       int baseline)
{
  SnugColumns *self = SNUG_COLUMNS (manager);
  Children children = get_children (widget);
  int second_width = second_column_width (self, &children, width);
  GtkWidget *first = children.items[0];

  if (second_width > 0)
    {
      allocate_column (self, widget, children.items, 1, 0, width - self->spacing - second_width, height);
      allocate_column (self, widget, children.items + 1, children.n - 1, width - second_width, second_width, height);
      return;
    }
  if (self->second_first && children.n > 1)
    {
      children.items[0] = children.items[1];
      children.items[1] = first;
    }
  allocate_column (self, widget, children.items, children.n, 0, width, height);
}

static void
snug_columns_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  SnugColumns *self = SNUG_COLUMNS (object);

  switch (prop_id)
    {
    case PROP_LEAST: g_value_set_int (value, self->least); break;
    case PROP_SPACING: g_value_set_int (value, self->spacing); break;
    case PROP_ROW_SPACING: g_value_set_int (value, self->row_spacing); break;
    case PROP_SPLIT: g_value_set_boolean (value, self->split); break;
    case PROP_WHOLE: g_value_set_boolean (value, self->whole); break;
    case PROP_SECOND_FIRST: g_value_set_boolean (value, self->second_first); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_columns_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  SnugColumns *self = SNUG_COLUMNS (object);

  if (prop_id == PROP_SECOND_FIRST && self->second_first == g_value_get_boolean (value))
    return;
  switch (prop_id)
    {
    case PROP_LEAST: self->least = g_value_get_int (value); break;
    case PROP_SPACING: self->spacing = g_value_get_int (value); break;
    case PROP_ROW_SPACING: self->row_spacing = g_value_get_int (value); break;
    case PROP_SPLIT: self->split = g_value_get_boolean (value); break;
    case PROP_WHOLE: self->whole = g_value_get_boolean (value); break;
    case PROP_SECOND_FIRST: self->second_first = g_value_get_boolean (value); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
}

static void
snug_columns_class_init (SnugColumnsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = snug_columns_get_property;
  object_class->set_property = snug_columns_set_property;
  layout_class->get_request_mode = snug_columns_get_request_mode;
  layout_class->measure = snug_columns_measure;
  layout_class->allocate = snug_columns_allocate;

  props[PROP_LEAST] = g_param_spec_int ("least", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_ROW_SPACING] = g_param_spec_int ("row-spacing", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_SPLIT] = g_param_spec_boolean ("split", NULL, NULL, FALSE, flags);
  props[PROP_WHOLE] = g_param_spec_boolean ("whole", NULL, NULL, FALSE, flags);
  props[PROP_SECOND_FIRST] = g_param_spec_boolean ("second-first", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
snug_columns_init (SnugColumns *self)
{
}
