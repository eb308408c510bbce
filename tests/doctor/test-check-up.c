/* A check-up that asks nobody.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-doctor.h"

static void
on_finished (GObject *doctor, GAsyncResult *result, gpointer data)
{
  GError **error = data;

  g_assert_false (snug_doctor_run_finish (SNUG_DOCTOR (doctor), result, error));
}

static void
test_is_begun_once (void)
{
  SnugDoctor *doctor = snug_doctor_new (NULL, NULL, SNUG_RELAY_NEVER);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) first = NULL, again = NULL;

  g_cancellable_cancel (cancelled);
  snug_doctor_run_async (doctor, cancelled, on_finished, &first);
  snug_doctor_run_async (doctor, NULL, on_finished, &again);
  snug_await (NULL, first != NULL && again != NULL);
  g_assert_error (first, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (again, G_IO_ERROR, G_IO_ERROR_PENDING);
  /* That no server was named is known at once, and told once. */
  g_assert_cmpuint (g_list_model_get_n_items (snug_doctor_get_checks (doctor)), ==, 1);

  /* Its threads hold it until they have ended. */
  g_object_add_weak_pointer (G_OBJECT (doctor), (gpointer *) &doctor);
  g_object_unref (doctor);
  snug_await (NULL, doctor == NULL);
}

static void
assert_status (SnugCheckStep step, SnugFinding finding, SnugCheckStatus status)
{
  g_autoptr (SnugCheck) check = snug_check_new (step, finding, 0, NULL);

  g_assert_cmpint (snug_check_get_status (check), ==, status);
}

/* What nothing depends on is no fault where it is not. */
static void
test_works_without (void)
{
  assert_status (SNUG_CHECK_IPV6, SNUG_FINDING_ABSENT, SNUG_CHECK_OK);
  assert_status (SNUG_CHECK_IPV6, SNUG_FINDING_SILENT, SNUG_CHECK_OK);
  assert_status (SNUG_CHECK_LOCAL_NAMES, SNUG_FINDING_ABSENT, SNUG_CHECK_OK);
  assert_status (SNUG_CHECK_STUN, SNUG_FINDING_SILENT, SNUG_CHECK_NOT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/check-up/is-begun-once", test_is_begun_once);
  g_test_add_func ("/check-up/works-without", test_works_without);
  return g_test_run ();
}
