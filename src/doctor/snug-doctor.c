/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-doctor.h"

#include "snug-ice-server.h"
#include "snug-probe.h"
#include "snug-proxy.h"
#include "snug-server-probe.h"

/* What is asked beside the others, on a thread. */
typedef struct
{
  SnugDoctor    *doctor;      /* borrowed: it outlives its jobs */
  SnugCheckStep  step;
  SnugIceServer *server;      /* owned, nullable */
  gboolean       of_server;   /* the room's server named it */
  guint          number;      /* 0: the only one of its step */
  SnugProbe     *probe;       /* owned, nullable: not yet */
} Job;

struct _SnugDoctor
{
  GObject          parent_instance;

  /* owned */
  GListStore      *checks;
  char            *server;        /* nullable */
  GPtrArray       *ice_servers;   /* of SnugIceServer: first the person's, then the server's */
  GPtrArray       *jobs;          /* of Job, in the order of what is told */
  GPtrArray       *stun;          /* of SnugIceServer, borrowed from ice_servers */
  GTask           *task;          /* nullable: while it runs */

  guint            n_own;         /* of ice_servers */
  guint            n_told;        /* of jobs */
  SnugRelayPolicy  relay;
  SnugFinding      router;
  gboolean         by_proxy;      /* the server is reached, or would be */
  gboolean         was_begun;
};

G_DEFINE_FINAL_TYPE (SnugDoctor, snug_doctor, G_TYPE_OBJECT)

static const SnugCheckStep steps[] = {
  [SNUG_ICE_SERVER_STUN] = SNUG_CHECK_STUN,
  [SNUG_ICE_SERVER_TURN_UDP] = SNUG_CHECK_RELAY_UDP,
  [SNUG_ICE_SERVER_TURN_TCP] = SNUG_CHECK_RELAY_TCP,
  [SNUG_ICE_SERVER_TURN_TLS] = SNUG_CHECK_RELAY_TLS,
};

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_pointer (&job->server, snug_ice_server_free);
  g_clear_pointer (&job->probe, snug_probe_free);
  g_free (job);
}

static void
tell (SnugDoctor *self, SnugCheckStep step, SnugFinding finding, guint number, const char *address)
{
  g_autoptr (SnugCheck) check = snug_check_new (step, finding, number, address);

  g_list_store_append (self->checks, check);
}

static void
finish (SnugDoctor *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  g_task_return_boolean (task, TRUE);
}

/* Whoever has waited long enough is told nothing more: what ended because of that is no finding. */
static gboolean
end_if_cancelled (SnugDoctor *self)
{
  gboolean cancelled = g_task_return_error_if_cancelled (self->task);

  if (cancelled)
    g_clear_object (&self->task);
  return cancelled;
}

/* What follows from all of it */

static gboolean
is_relay (SnugCheckStep step)
{
  return step == SNUG_CHECK_RELAY_UDP || step == SNUG_CHECK_RELAY_TCP || step == SNUG_CHECK_RELAY_TLS;
}

static gboolean
has_relay (SnugDoctor *self, gboolean of_server)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      const Job *job = self->jobs->pdata[i];

      if (is_relay (job->step) && job->of_server == of_server && job->probe->finding == SNUG_FINDING_WORKS)
        return TRUE;
    }
  return FALSE;
}

/* libnice asks the first one only. */
static gboolean
is_seen_from_outside (SnugDoctor *self)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      const Job *job = self->jobs->pdata[i];

      if (job->step == SNUG_CHECK_STUN)
        return self->relay != SNUG_RELAY_ONLY && job->probe->finding == SNUG_FINDING_WORKS;
    }
  return FALSE;
}

static SnugFinding
find_reach (SnugDoctor *self)
{
  gboolean seen = is_seen_from_outside (self);
  gboolean lets_in = self->router == SNUG_FINDING_EASY || self->router == SNUG_FINDING_NO_ROUTER;

  if (seen && lets_in)
    return SNUG_FINDING_DIRECTLY;
  if (has_relay (self, FALSE))
    return SNUG_FINDING_BY_RELAY;
  if (has_relay (self, TRUE))
    return SNUG_FINDING_BY_RELAY_IN_OPEN_ROOMS;
  if (seen && self->router == SNUG_FINDING_UNKNOWN)
    return SNUG_FINDING_UNKNOWN;
  if (self->ice_servers->len == 0 && self->relay != SNUG_RELAY_ONLY)
    return SNUG_FINDING_UNKNOWN;
  return seen ? SNUG_FINDING_SOME : SNUG_FINDING_NONE;
}

static void
tell_router (SnugDoctor *self)
{
  gboolean helped = has_relay (self, FALSE) || has_relay (self, TRUE);

  tell (self, SNUG_CHECK_ROUTER,
        self->router == SNUG_FINDING_STRICT && helped ? SNUG_FINDING_STRICT_WITH_RELAY : self->router, 0, NULL);
}

static void
ask_router (GTask *task, gpointer source, gpointer servers, GCancellable *cancellable)
{
  g_task_return_pointer (task, snug_probe_router (servers, cancellable), (GDestroyNotify) snug_probe_free);
}

static void
on_router_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  SnugDoctor *self = SNUG_DOCTOR (source);
  g_autoptr (SnugProbe) probe = g_task_propagate_pointer (G_TASK (result), NULL);

  if (end_if_cancelled (self))
    return;
  self->router = probe != NULL ? probe->finding : SNUG_FINDING_UNKNOWN;
  tell_router (self);
  tell (self, SNUG_CHECK_REACH, find_reach (self), 0, NULL);
  finish (self);
}

static GPtrArray *
servers_that_answered (SnugDoctor *self)
{
  GPtrArray *servers = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->jobs->len; i++)
    {
      const Job *job = self->jobs->pdata[i];

      if ((job->step == SNUG_CHECK_STUN || job->step == SNUG_CHECK_RELAY_UDP) && job->probe->server != NULL
          && g_socket_address_get_family (job->probe->server) == G_SOCKET_FAMILY_IPV4)
        g_ptr_array_add (servers, g_object_ref (job->probe->server));
    }
  return servers;
}

static void
begin_router (SnugDoctor *self)
{
  g_autoptr (GTask) task = g_task_new (self, g_task_get_cancellable (self->task), on_router_asked, NULL);

  g_task_set_task_data (task, servers_that_answered (self), (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (task, ask_router);
}

/* The steps that do not wait for each other */

static SnugFinding
finding_of (const Job *job)
{
  gboolean open_only = job->of_server && is_relay (job->step) && job->probe->finding == SNUG_FINDING_WORKS;

  return open_only ? SNUG_FINDING_WORKS_IN_OPEN_ROOMS : job->probe->finding;
}

/* In their order, whichever came first. */
static void
tell_what_is_known (SnugDoctor *self)
{
  for (; self->n_told < self->jobs->len; self->n_told++)
    {
      const Job *job = self->jobs->pdata[self->n_told];

      if (job->probe == NULL)
        return;
      tell (self, job->step, finding_of (job), job->number, job->probe->address);
    }
  begin_router (self);
}

static void
do_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  SnugProbe *probe;

  if (job->step == SNUG_CHECK_IPV6)
    probe = snug_probe_ipv6 (job->doctor->stun, cancellable);
  else if (job->step == SNUG_CHECK_LOCAL_NAMES)
    probe = snug_probe_local_names (cancellable);
  else if (job->step == SNUG_CHECK_STUN)
    probe = snug_probe_stun (job->server, cancellable);
  else
    probe = snug_probe_relay (job->server, cancellable);
  g_task_return_pointer (task, probe, (GDestroyNotify) snug_probe_free);
}

static void
on_job_done (GObject *source, GAsyncResult *result, gpointer data)
{
  SnugDoctor *self = SNUG_DOCTOR (source);
  Job *job = data;
  g_autoptr (GError) error = NULL;

  job->probe = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->task == NULL)
    return;
  if (job->probe != NULL)
    {
      tell_what_is_known (self);
      return;
    }
  g_task_return_error (self->task, g_steal_pointer (&error));
  g_clear_object (&self->task);
}

static Job *
add_job (SnugDoctor *self, SnugCheckStep step)
{
  Job *job = g_new0 (Job, 1);

  job->doctor = self;
  job->step = step;
  g_ptr_array_add (self->jobs, job);
  return job;
}

/* A step that needs no asking. */
static void
add_known (SnugDoctor *self, SnugCheckStep step, SnugFinding finding)
{
  Job *job = add_job (self, step);

  job->probe = g_new0 (SnugProbe, 1);
  job->probe->finding = finding;
}

static guint
count (SnugDoctor *self, SnugCheckStep step)
{
  guint n = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    n += ((const Job *) self->jobs->pdata[i])->step == step;
  return n;
}

static SnugCheckStep
step_of (const SnugIceServer *server)
{
  g_autoptr (SnugIceServerAddress) address = snug_ice_server_address_parse (server->url);

  return address != NULL ? steps[address->kind] : SNUG_CHECK_STUN;
}

static void
add_server (SnugDoctor *self, guint index, SnugCheckStep step)
{
  const SnugIceServer *server = self->ice_servers->pdata[index];
  Job *job = add_job (self, step);

  job->server = snug_ice_server_new (server->url, server->username, server->password);
  job->of_server = index >= self->n_own;
  job->number = count (self, step);
}

/* Who uses relays only because they have a proxy is seen by nobody else for a check-up, either. */
static gboolean
may_go_round_proxy (SnugDoctor *self)
{
  return !self->by_proxy || self->relay != SNUG_RELAY_ONLY;
}

static void
add_stun (SnugDoctor *self)
{
  if (!may_go_round_proxy (self))
    {
      add_known (self, SNUG_CHECK_STUN, SNUG_FINDING_NOT_WANTED);
      return;
    }
  for (guint i = 0; i < self->ice_servers->len; i++)
    if (step_of (self->ice_servers->pdata[i]) == SNUG_CHECK_STUN)
      {
        add_server (self, i, SNUG_CHECK_STUN);
        g_ptr_array_add (self->stun, self->ice_servers->pdata[i]);
      }
  if (self->stun->len == 0)
    add_known (self, SNUG_CHECK_STUN, SNUG_FINDING_NOT_NAMED);
}

static void
add_relays (SnugDoctor *self)
{
  guint n = 0;

  if (self->relay == SNUG_RELAY_NEVER)
    {
      add_known (self, SNUG_CHECK_RELAY, SNUG_FINDING_NOT_WANTED);
      return;
    }
  for (guint i = 0; i < self->ice_servers->len; i++)
    {
      SnugCheckStep step = step_of (self->ice_servers->pdata[i]);

      if (!is_relay (step))
        continue;
      if (step == SNUG_CHECK_RELAY_UDP && !may_go_round_proxy (self))
        add_known (self, step, SNUG_FINDING_NOT_WANTED);
      else
        add_server (self, i, step);
      n++;
    }
  if (n == 0)
    add_known (self, SNUG_CHECK_RELAY, SNUG_FINDING_NOT_NAMED);
}

/* One by itself needs no number. */
static void
drop_single_numbers (SnugDoctor *self)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      Job *job = self->jobs->pdata[i];

      if (count (self, job->step) == 1)
        job->number = 0;
    }
}

static void
plan (SnugDoctor *self)
{
  add_stun (self);
  add_relays (self);
  add_job (self, SNUG_CHECK_IPV6);
  add_job (self, SNUG_CHECK_LOCAL_NAMES);
  drop_single_numbers (self);
}

static void
begin_jobs (SnugDoctor *self)
{
  plan (self);
  for (guint i = 0; i < self->jobs->len; i++)
    {
      Job *job = self->jobs->pdata[i];
      g_autoptr (GTask) task = NULL;

      if (job->probe != NULL)
        continue;
      task = g_task_new (self, g_task_get_cancellable (self->task), on_job_done, job);
      g_task_set_task_data (task, job, NULL);
      g_task_run_in_thread (task, do_job);
    }
}

/* The server comes first: it may name others. */

static void
on_server_visited (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SnugDoctor) self = data;
  SnugFinding finding;
  gboolean by_proxy;
  g_autoptr (GPtrArray) named = snug_server_probe_finish (result, &finding, &by_proxy);

  self->by_proxy |= by_proxy;
  if (end_if_cancelled (self))
    return;
  for (guint i = 0; named != NULL && i < named->len; i++)
    {
      const SnugSignalIceServer *server = named->pdata[i];

      g_ptr_array_add (self->ice_servers, snug_ice_server_new (server->url, server->username, server->credential));
    }
  if (finding == SNUG_FINDING_WORKS && self->by_proxy && may_go_round_proxy (self))
    finding = SNUG_FINDING_WORKS_BY_PROXY;
  tell (self, SNUG_CHECK_SERVER, finding, 0, self->server);
  begin_jobs (self);
}

/* Whether a server is reached by a proxy tells only one that is reached; who must not be seen cannot wait for that. */
static gboolean
has_proxy (const char *server)
{
  g_autoptr (GProxyResolver) resolver = snug_proxy_resolver_new (NULL);
  const char *url = server != NULL ? server : "https://example.org";
  g_auto (GStrv) proxies = g_proxy_resolver_lookup (resolver, url, NULL, NULL);

  return proxies == NULL || proxies[0] == NULL || proxies[1] != NULL || !g_str_equal (proxies[0], "direct://");
}

void
snug_doctor_run_async (SnugDoctor *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  if (self->was_begun)
    {
      g_task_report_new_error (self, callback, user_data, snug_doctor_run_async, G_IO_ERROR, G_IO_ERROR_PENDING,
                               "a check-up is begun once");
      return;
    }
  self->was_begun = TRUE;
  self->by_proxy = self->relay == SNUG_RELAY_ONLY && has_proxy (self->server);
  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, snug_doctor_run_async);
  if (self->server != NULL)
    {
      snug_server_probe_async (self->server, cancellable, on_server_visited, g_object_ref (self));
      return;
    }
  tell (self, SNUG_CHECK_SERVER, SNUG_FINDING_NOT_NAMED, 0, NULL);
  begin_jobs (self);
}

gboolean
snug_doctor_run_finish (SnugDoctor *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

GListModel *
snug_doctor_get_checks (SnugDoctor *self)
{
  return G_LIST_MODEL (self->checks);
}

SnugDoctor *
snug_doctor_new (const char *server, GPtrArray *ice_servers, SnugRelayPolicy relay)
{
  SnugDoctor *self = g_object_new (SNUG_TYPE_DOCTOR, NULL);

  self->server = g_strdup (server);
  self->relay = relay;
  for (guint i = 0; ice_servers != NULL && i < ice_servers->len; i++)
    {
      const SnugIceServer *own = ice_servers->pdata[i];

      g_ptr_array_add (self->ice_servers, snug_ice_server_new (own->url, own->username, own->password));
    }
  self->n_own = self->ice_servers->len;
  return self;
}

static void
snug_doctor_finalize (GObject *object)
{
  SnugDoctor *self = SNUG_DOCTOR (object);

  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->stun);
  g_ptr_array_unref (self->ice_servers);
  g_clear_object (&self->checks);
  g_free (self->server);
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
  self->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_ice_server_free);
  self->jobs = g_ptr_array_new_with_free_func (job_free);
  self->stun = g_ptr_array_new ();
}
