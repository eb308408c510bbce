/* snug-window-private: what the window's files share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-chat-pane.h"
#include "snug-copy-strip.h"
#include "snug-files-pane.h"
#include "snug-lasting-strip.h"
#include "snug-room-pane.h"
#include "snug-window.h"

G_BEGIN_DECLS

struct _SnugWindow
{
  AdwApplicationWindow  parent_instance;

  /* Owned */
  SnugSession          *session;
  SnugSettings         *settings;
  SnugCopies           *copies;
  GListStore           *held;            /* of GFile: to be offered once there is a room */

  AdwToast             *unfinished_toast;   /* weak */
  guint                 lost_timer;      /* source of the seconds in "Reconnecting… 12 s"; 0: none */
  gint64                lost_since_us;   /* monotonic; 0: not lost */
  guint                 reshape;         /* source of the change between wide and narrow, tall and short; 0: none */
  guint                 n_unread;
  gboolean              wide;
  gboolean              roomy;
  gboolean              is_short;
  gboolean              told_unfinished;
  gboolean              may_close;       /* the person said so */
  gboolean              quitting;        /* it is to go for good */

  /* Template */
  AdwToastOverlay      *toasts;
  AdwHeaderBar         *header;
  AdwViewSwitcherTitle *title;
  AdwViewSwitcherBar   *bar;
  GtkWidget            *room_chip;
  GtkLabel             *chip_title;
  GtkLabel             *chip_subtitle;
  GtkRevealer          *strip;
  GtkLabel             *strip_title;
  GtkLabel             *strip_body;
  GtkButton            *strip_refusal;
  GtkButton            *strip_button;
  SnugLastingStrip     *lasting;
  SnugCopyStrip        *copy_strip;
  AdwViewStack         *stack;
  AdwViewStackPage     *chat_page;
  AdwViewStackPage     *files_page;
  AdwViewStackPage     *room_page;
  SnugChatPane         *chat;
  SnugFilesPane        *files;
  SnugRoomPane         *room;
  GtkRevealer          *drop_highlight;
  GtkLabel             *drop_label;
};

/* snug-window-actions.c: the commands. */
void        snug_window_install_actions      (GtkWidgetClass *klass);
void        snug_window_update_actions       (SnugWindow *self);
void        snug_window_show_page            (SnugWindow *self, const char *name);

/* snug-window-files.c: those of them that are about what is on the list of files. */
void        snug_window_install_file_actions (GtkWidgetClass *klass);

/* snug-window-offer.c: those that offer some. @entered: into a room. */
void        snug_window_install_offers       (GtkWidgetClass *klass);
void        snug_window_update_offers        (SnugWindow *self, gboolean entered);
void        snug_window_offer                (SnugWindow *self, GListModel *files,
                                              const char *const *member_ids);   /* nullable, empty: everybody */
void        snug_window_offer_again          (SnugWindow *self, SnugTransfer *transfer);
void        snug_window_offer_held           (SnugWindow *self);   /* once a room is there to offer it in */
GListModel *snug_window_list_waiting_files   (SnugWindow *self);   /* (transfer full): of GFile, offered to who comes */
SnugMember *snug_window_find_member          (SnugWindow *self, const char *id);   /* nullable, borrowed */

/* snug-window-close.c: how it goes. Returns: %TRUE if it is still there, to ask or out of sight. */
gboolean    snug_window_keep_open            (SnugWindow *self);

/* snug-window-drop.c: files that come by hand. */
void        snug_window_take_drops           (SnugWindow *self);
void        snug_window_take_pastes          (SnugWindow *self);

/* snug-window-save.c: asks where to, has a copy made there, and shows how far it is. */
void        snug_window_save_copy            (SnugWindow *self, GFile *file);
void        snug_window_watch_copies         (SnugWindow *self);

G_END_DECLS
