/* The doctor's public face over findings that never change, without any network: behind a firewall that blocks UDP.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-doctor.h"

struct _SnugDoctor
{
  GObject     parent_instance;

  GListStore *checks;   /* owned */
};

G_DEFINE_FINAL_TYPE (SnugDoctor, snug_doctor, G_TYPE_OBJECT)

static const struct
{
  SnugCheckStep  step;
  SnugFinding    finding;
  guint          number;
} found[] = {
  { SNUG_CHECK_SERVER, SNUG_FINDING_WORKS, 0 },
  { SNUG_CHECK_STUN, SNUG_FINDING_SILENT, 1 },
  { SNUG_CHECK_STUN, SNUG_FINDING_NO_NAME, 2 },
  { SNUG_CHECK_RELAY_UDP, SNUG_FINDING_SILENT, 0 },
  { SNUG_CHECK_RELAY_TLS, SNUG_FINDING_WORKS_IN_OPEN_ROOMS, 0 },
  { SNUG_CHECK_IPV6, SNUG_FINDING_ABSENT, 0 },
  { SNUG_CHECK_LOCAL_NAMES, SNUG_FINDING_WORKS, 0 },
  { SNUG_CHECK_ROUTER, SNUG_FINDING_UNKNOWN, 0 },
  { SNUG_CHECK_REACH, SNUG_FINDING_BY_RELAY_IN_OPEN_ROOMS, 0 },
};

SnugDoctor *
snug_doctor_new (const char *server, GPtrArray *ice_servers, SnugRelayPolicy relay)
{
  return g_object_new (SNUG_TYPE_DOCTOR, NULL);
}

GListModel *
snug_doctor_get_checks (SnugDoctor *self)
{
  return G_LIST_MODEL (self->checks);
}

void
snug_doctor_run_async (SnugDoctor *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  for (gsize i = 0; i < G_N_ELEMENTS (found); i++)
    {
      g_autoptr (SnugCheck) check = snug_check_new (found[i].step, found[i].finding, found[i].number, NULL);

      g_list_store_append (self->checks, check);
    }
  g_task_return_boolean (task, TRUE);
}

gboolean
snug_doctor_run_finish (SnugDoctor *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
snug_doctor_finalize (GObject *object)
{
  g_clear_object (&SNUG_DOCTOR (object)->checks);
  G_OBJECT_CLASS (snug_doctor_parent_class)->finalize (object);
}

static void
snug_doctor_class_init (SnugDoctorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_doctor_finalize;
}

static void
snug_doctor_init (SnugDoctor *self)
{
  self->checks = g_list_store_new (SNUG_TYPE_CHECK);
}
