/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/case/cb-case-layout.h"

#define TEXT_WIDTH 376 /* at least, or there is one column; large text may want more */
#define SIDE_WIDTH 300
#define NATURAL_WIDTH 900
#define COLUMN_SPACING 24
#define ROW_SPACING 18
#define N_CHILDREN 3

/* Lays out three children: heading, text, side. Where there is room, heading and text are the left
 * column and the side is the right one; else they stand below each other, the side before the text. */
struct _CbCaseLayout
{
  GtkLayoutManager parent_instance;
};

typedef enum
{
  HEADING,
  TEXT,
  SIDE,
} Child;

G_DEFINE_FINAL_TYPE (CbCaseLayout, cb_case_layout, GTK_TYPE_LAYOUT_MANAGER)

/* Auxiliary methods */

static void
get_children (GtkWidget *widget,
              GtkWidget *children[N_CHILDREN])
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  for (guint i = 0; i < N_CHILDREN; i++)
    {
      children[i] = child;
      child = child != NULL ? gtk_widget_get_next_sibling (child) : NULL;
    }
}

static int
least_width (GtkWidget *child)
{
  int minimum = 0;

  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

/* Zero where there is no room for two columns. */
static int
side_width_in (GtkWidget *children[N_CHILDREN],
               int        width)
{
  int side = MAX (SIDE_WIDTH, least_width (children[SIDE]));
  int left = MAX (least_width (children[HEADING]), least_width (children[TEXT]));

  return width >= MAX (TEXT_WIDTH, left) + COLUMN_SPACING + side ? side : 0;
}

static int
height_for (GtkWidget *child,
            int        width)
{
  int minimum = 0;
  int natural = 0;

  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &minimum, &natural, NULL, NULL);
  return natural;
}

static int
total_height (GtkWidget *children[N_CHILDREN],
              int        width)
{
  int side = side_width_in (children, width);
  int left = width - side - COLUMN_SPACING;

  if (side == 0)
    return height_for (children[HEADING], width) + height_for (children[SIDE], width) +
           height_for (children[TEXT], width) + 2 * ROW_SPACING;
  return MAX (height_for (children[HEADING], left) + ROW_SPACING + height_for (children[TEXT], left),
              height_for (children[SIDE], side));
}

static void
place (GtkWidget *child,
       int        x,
       int        y,
       int        width,
       int        height)
{
  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, width, height }, -1);
}

/* GtkLayoutManager */

static GtkSizeRequestMode
cb_case_layout_get_request_mode (GtkLayoutManager *manager,
                                 GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cb_case_layout_measure (GtkLayoutManager *manager,
                        GtkWidget        *widget,
                        GtkOrientation    orientation,
                        int               for_size,
                        int              *minimum,
                        int              *natural,
                        int              *minimum_baseline,
                        int              *natural_baseline)
{
  GtkWidget *children[N_CHILDREN];

  get_children (widget, children);
  *minimum = *natural = 0;
  for (guint i = 0; orientation == GTK_ORIENTATION_HORIZONTAL && i < N_CHILDREN; i++)
    {
      *minimum = MAX (*minimum, least_width (children[i]));
      *natural = MAX (*minimum, NATURAL_WIDTH);
    }
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = total_height (children, for_size > 0 ? for_size : NATURAL_WIDTH);
}

static void
cb_case_layout_allocate (GtkLayoutManager *manager,
                         GtkWidget        *widget,
                         int               width,
                         int               height,
                         int               baseline)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *children[N_CHILDREN];
  int heading_height, side_height, text_height, text_y, left, side, x;
  gboolean wide;

  get_children (widget, children);
  side = side_width_in (children, width);
  wide = side > 0;
  left = wide ? width - side - COLUMN_SPACING : width;
  x = wide && rtl ? side + COLUMN_SPACING : 0;
  side = wide ? side : width;
  heading_height = height_for (children[HEADING], left);
  side_height = height_for (children[SIDE], side);
  text_height = height_for (children[TEXT], left);
  text_y = heading_height + ROW_SPACING + (wide ? 0 : side_height + ROW_SPACING);
  place (children[HEADING], x, 0, left, heading_height);
  place (children[TEXT], x, text_y, left, text_height);
  place (children[SIDE], wide && !rtl ? left + COLUMN_SPACING : 0,
         wide ? 0 : heading_height + ROW_SPACING, side, side_height);
}

/* GObject overrides */

static void
cb_case_layout_class_init (CbCaseLayoutClass *klass)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  manager_class->get_request_mode = cb_case_layout_get_request_mode;
  manager_class->measure = cb_case_layout_measure;
  manager_class->allocate = cb_case_layout_allocate;
}

static void
cb_case_layout_init (CbCaseLayout *self)
{
}
