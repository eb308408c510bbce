/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-invite-card.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-button-words.h"
#include "snug-css-class.h"
#include "snug-page-note.h"
#include "snug-qr.h"
#include "snug-words.h"

/* The largest that fits into the narrowest window. */
#define QR_PX 288

struct _SnugInviteCard
{
  AdwBin       parent_instance;

  SnugSession *session;      /* owned */

  /* Template */
  GtkWidget   *qr_button;
  GtkImage    *qr;
  GtkWidget   *hint;
  GtkWidget   *page_note;
  GtkLabel    *invite;
  GtkWidget   *buttons;
  GtkWidget   *copy_link;
  GtkWidget   *more;
  GtkLabel    *link;
  GtkImage    *openness_icon;
  GtkLabel    *openness;
};

G_DEFINE_FINAL_TYPE (SnugInviteCard, snug_invite_card, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SESSION,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* A room of a version-1 server may be known by its code alone: then there is no link to scan. And whoever would
 * scan it must not stand before a page that cannot enter. */
static void
update_link (SnugInviteCard *self)
{
  const char *link = snug_session_get_link (self->session);
  gboolean shut_out = snug_session_get_shuts_browsers_out (self->session);
  g_autoptr (SnugQr) qr = link != NULL && !shut_out ? snug_qr_new (link) : NULL;
  g_autofree char *spoken = g_strdup_printf (_("QR code of the link to room %s. Press to copy the link."),
                                             snug_session_get_code (self->session));

  gtk_image_set_from_paintable (self->qr, GDK_PAINTABLE (qr));
  /* Modules are whole pixels: what is left over would be a wider border. */
  if (qr != NULL)
    gtk_image_set_pixel_size (self->qr, (int) (QR_PX - QR_PX % snug_qr_get_size (qr)));
  gtk_label_set_label (self->link, link != NULL ? link : "");
  gtk_widget_set_visible (self->qr_button, qr != NULL);
  gtk_widget_set_visible (self->hint, qr != NULL);
  gtk_widget_set_visible (self->page_note, shut_out);
  gtk_widget_set_visible (self->more, qr != NULL);
  gtk_widget_set_visible (self->copy_link, link != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->link), link != NULL);
  snug_accessible_set_label (self->qr_button, spoken);
}

static const char *
openness_words (gboolean locked, gboolean is_private)
{
  if (is_private)
    return locked ? _("Locked: the host is asked before anybody enters.") : _("Private: only people with the secret can enter.");
  return locked ? _("Locked: nobody new can enter.") : _("Open room: whoever has the code can enter.");
}

static void
update_openness (SnugInviteCard *self)
{
  gint64 expires;
  gboolean locked;
  g_autofree char *until = NULL;
  g_autofree char *text = NULL;

  g_object_get (self->session, "expires", &expires, "locked", &locked, NULL);
  if (expires > 0)
    {
      g_autofree char *clock = snug_words_clock (expires * 1000);
      g_autofree char *day = snug_words_day (expires * 1000, g_get_real_time () / 1000);

      /* Translators: a day and a time: "Open until Tomorrow, 14:02." */
      until = g_strdup_printf (_("It ends: %s, %s."), day, clock);
    }
  text = g_strjoin (" ", openness_words (locked, snug_session_get_private (self->session)), until, NULL);
  gtk_image_set_from_icon_name (self->openness_icon, locked || snug_session_get_private (self->session)
                                                       ? "changes-prevent-symbolic" : "changes-allow-symbolic");
  gtk_label_set_label (self->openness, text);
}

static void
update (SnugInviteCard *self)
{
  const char *invite = snug_session_get_invite (self->session);

  if (snug_session_get_code (self->session) == NULL)
    return;
  gtk_label_set_label (self->invite,
                       invite != NULL ? invite : snug_session_get_code (self->session));
  snug_css_class_set (GTK_WIDGET (self->invite), "with-secret", snug_session_get_private (self->session));
  /* Can have the focus from now on: an empty label has nothing to be called by. */
  gtk_label_set_selectable (self->invite, TRUE);
  gtk_label_set_selectable (self->link, snug_session_get_link (self->session) != NULL);
  update_link (self);
  update_openness (self);
}

static void
watch_session (SnugInviteCard *self)
{
  static const char *const watched[] = { "notify::link", "notify::invite", "notify::code",
                                        "notify::expires", "notify::locked", "notify::private" };

  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (self->session, watched[i], G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  update (self);
}

static void
snug_invite_card_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_SESSION)
    g_value_set_object (value, SNUG_INVITE_CARD (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
snug_invite_card_set_property (GObject *object, guint prop_id, const GValue *value,
                               GParamSpec *pspec)
{
  SnugInviteCard *self = SNUG_INVITE_CARD (object);

  if (prop_id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  else if (g_set_object (&self->session, g_value_get_object (value)) && self->session != NULL)
    watch_session (self);
}

static gboolean
snug_invite_card_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (SNUG_INVITE_CARD (widget)->copy_link);
}

static void
snug_invite_card_dispose (GObject *object)
{
  g_clear_object (&SNUG_INVITE_CARD (object)->session);
  G_OBJECT_CLASS (snug_invite_card_parent_class)->dispose (object);
}

static void
snug_invite_card_class_init (SnugInviteCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = snug_invite_card_get_property;
  object_class->set_property = snug_invite_card_set_property;
  object_class->dispose = snug_invite_card_dispose;
  widget_class->grab_focus = snug_invite_card_grab_focus;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, SNUG_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (SNUG_TYPE_PAGE_NOTE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-invite-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, qr_button);
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, qr);
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, hint);
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, page_note);
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, invite);
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, buttons);
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, copy_link);
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, more);
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, link);
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, openness_icon);
  gtk_widget_class_bind_template_child (widget_class, SnugInviteCard, openness);
}

static void
snug_invite_card_init (SnugInviteCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  snug_button_words_wrap (self->buttons);
}
