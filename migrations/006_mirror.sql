-- What every machine of an owner asks: what has changed since it asked last? Each change of a row gets the next number
-- of its owner, and what was deleted is remembered by its name. No clock is asked.
-- Paste the whole file into the SQL editor. It is one transaction, and running it again changes nothing.

begin;

-- An owner's counter. Whoever changes a row holds it until the end of the transaction, so that no lower number is seen
-- after a higher one. `epoch` tells a project that was begun anew from the one that a machine knows.
create table if not exists public.editai_versions (
  user_id uuid primary key references auth.users (id) on delete cascade,
  version bigint not null default 0,
  epoch text not null default gen_random_uuid()::text
);
create table if not exists public.editai_gone (
  user_id uuid not null references public.editai_versions (user_id) on delete cascade,
  kind text not null,
  id text not null,
  version bigint not null,
  primary key (user_id, kind, id)
);
alter table public.profiles add column if not exists version bigint not null default 0;
alter table public.editai_secrets add column if not exists version bigint not null default 0;
alter table public.editai_projects add column if not exists version bigint not null default 0;
alter table public.editai_clips add column if not exists version bigint not null default 0;
alter table public.editai_posts add column if not exists version bigint not null default 0;
alter table public.api_costs add column if not exists version bigint not null default 0;

-- A clip that is posted again and again is on its way to a channel once for each turn.
drop index if exists public.editai_posts_once;
create unique index editai_posts_once
  on public.editai_posts (user_id, profile_id, clip_id, channel_id, coalesce((data ->> 'turn')::integer, 0))
  where state in ('planned', 'uploading', 'sending', 'unknown') and channel_id <> '';

create index if not exists profiles_changed on public.profiles (user_id, version);
create index if not exists editai_secrets_changed on public.editai_secrets (user_id, version);
create index if not exists editai_projects_changed on public.editai_projects (user_id, version);
create index if not exists editai_clips_changed on public.editai_clips (user_id, version);
create index if not exists editai_posts_changed on public.editai_posts (user_id, version);
create index if not exists api_costs_changed on public.api_costs (user_id, version);
create index if not exists editai_gone_changed on public.editai_gone (user_id, version);

alter table public.editai_versions enable row level security;
alter table public.editai_versions force row level security;
alter table public.editai_gone enable row level security;
alter table public.editai_gone force row level security;
revoke all on public.editai_versions, public.editai_gone from public, anon, authenticated;
grant select on public.editai_versions, public.editai_gone to authenticated;
drop policy if exists owner on public.editai_versions;
create policy owner on public.editai_versions for select to authenticated using (user_id = (select auth.uid()));
drop policy if exists owner on public.editai_gone;
create policy owner on public.editai_gone for select to authenticated using (user_id = (select auth.uid()));

-- ── who counts: the tables' owner, because nobody else may write these two ──────────────────────────────────────────

-- Who writes a row in somebody else's name is refused by its policy after this, and does not move that one's counter.
-- A counter that is missing although the row is there belongs to an account that is just being deleted.
create or replace function public.editai_count() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  if auth.uid() is not null and auth.uid() is distinct from new.user_id then
    return new;
  end if;
  update public.editai_versions set version = version + 1 where user_id = new.user_id returning version into new.version;
  if tg_op = 'INSERT' then
    if not found then
      insert into public.editai_versions as own (user_id, version) values (new.user_id, 1)
        on conflict (user_id) do update set version = own.version + 1 returning version into new.version;
    end if;
    delete from public.editai_gone
      where user_id = new.user_id and kind = tg_table_name and id = public.editai_name_of(to_jsonb(new));
  end if;
  return new;
end $$;

create or replace function public.editai_bury() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  counted bigint;
begin
  update public.editai_versions set version = version + 1 where user_id = old.user_id returning version into counted;
  if found then
    insert into public.editai_gone (user_id, kind, id, version)
      values (old.user_id, tg_table_name, public.editai_name_of(to_jsonb(old)), counted)
      on conflict (user_id, kind, id) do update set version = excluded.version;
  end if;
  return null;
end $$;

-- A row's name in its table: its id; of a sealed key its store's and its own.
create or replace function public.editai_name_of(p_row jsonb) returns text
language sql immutable set search_path = '' as $$
  select coalesce($1 ->> 'id', ($1 ->> 'profile_id') || '/' || ($1 ->> 'name'))
$$;

do $$
declare
  name text;
begin
  foreach name in array array[
    'profiles', 'editai_secrets', 'editai_projects', 'editai_clips', 'editai_posts', 'api_costs'
  ] loop
    execute format('drop trigger if exists editai_count on public.%I', name);
    execute format('create trigger editai_count before insert or update on public.%I '
      'for each row execute function public.editai_count()', name);
    execute format('drop trigger if exists editai_bury on public.%I', name);
    execute format('create trigger editai_bury after delete on public.%I '
      'for each row execute function public.editai_bury()', name);
    -- Rows that were there before are counted now, once.
    execute format('insert into public.editai_versions (user_id) select distinct user_id from public.%I '
      'where version = 0 on conflict do nothing', name);
    execute format('update public.%I set version = 0 where version = 0', name);
  end loop;
end $$;

-- ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────────

-- What has changed after `p_since`, the earliest first, at most `p_limit` of them: rows as they are now, and for those
-- that were deleted their names.
create or replace function public.editai_changes(p_since bigint, p_limit integer) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'version', version, 'row', told, 'gone', gone)
    order by version), '[]')
  from (
    (select 'profiles' as kind, version, to_jsonb(own) as told, null as gone from public.profiles as own
      where user_id = (select auth.uid()) and version > $1 order by version limit $2)
    union all
    (select 'editai_secrets', version, to_jsonb(own), null from public.editai_secrets as own
      where user_id = (select auth.uid()) and version > $1 order by version limit $2)
    union all
    (select 'editai_projects', version, to_jsonb(own), null from public.editai_projects as own
      where user_id = (select auth.uid()) and version > $1 order by version limit $2)
    union all
    (select 'editai_clips', version, to_jsonb(own), null from public.editai_clips as own
      where user_id = (select auth.uid()) and version > $1 order by version limit $2)
    union all
    (select 'editai_posts', version, to_jsonb(own), null from public.editai_posts as own
      where user_id = (select auth.uid()) and version > $1 order by version limit $2)
    union all
    (select 'api_costs', version, to_jsonb(own), null from public.api_costs as own
      where user_id = (select auth.uid()) and version > $1 order by version limit $2)
    union all
    (select kind, version, null, id from public.editai_gone
      where user_id = (select auth.uid()) and version > $1 order by version limit $2)
    order by version limit $2
  ) as changed
$$;

-- Change some fields of a product, in one step: what is in none of the objects keeps its value, whoever else changes it
-- meanwhile. False where it is not there.
create or replace function public.editai_change_project(
  p_id text, p_profile_id text, p_updated_at timestamptz, p_fields jsonb, p_brief jsonb, p_facts jsonb
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  update public.editai_projects set
    updated_at = p_updated_at,
    data = data || p_fields || jsonb_build_object('brief', data -> 'brief' || p_brief
      || jsonb_build_object('facts', data -> 'brief' -> 'facts' || p_facts))
  where id = p_id and profile_id = p_profile_id;
  return found;
end $$;

-- Keep a post, a job or a cost as the machine has it that it belongs to. A store that was deleted meanwhile is named no
-- more by what outlives it.
create or replace function public.editai_keep_post(p_row jsonb) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  insert into public.editai_posts
      (id, profile_id, clip_id, channel_id, batch, state, not_before, remote_id, created_at, data)
    select id, profile_id, clip_id, channel_id, batch, state, not_before, remote_id, created_at, data
    from jsonb_populate_record(null::public.editai_posts, p_row)
    on conflict (id) do update set state = excluded.state, not_before = excluded.not_before,
      remote_id = excluded.remote_id, data = excluded.data;
  return true;
end $$;

create or replace function public.editai_keep_job(p_row jsonb) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  insert into public.jobs (id, profile_id, kind, state, data, clip_id, error, tries, created_at, started_at, finished_at)
    select id, (select own.id from public.profiles as own where own.id = told.profile_id), kind, state, data, clip_id,
      error, tries, created_at, started_at, finished_at
    from jsonb_populate_record(null::public.jobs, p_row) as told
    on conflict (id) do update set state = excluded.state, clip_id = excluded.clip_id, error = excluded.error,
      tries = excluded.tries, started_at = excluded.started_at, finished_at = excluded.finished_at;
  return true;
end $$;

create or replace function public.editai_keep_cost(p_row jsonb) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  insert into public.api_costs
      (id, profile_id, job_id, service, operation, units, amount, state, created_at, ended_at)
    select id, (select own.id from public.profiles as own where own.id = told.profile_id), job_id, service, operation,
      units, amount, state, created_at, ended_at
    from jsonb_populate_record(null::public.api_costs, p_row) as told
    on conflict (id) do update set amount = excluded.amount, state = excluded.state, ended_at = excluded.ended_at;
  return true;
end $$;

revoke all on function
  public.editai_count, public.editai_bury, public.editai_name_of, public.editai_changes, public.editai_change_project,
  public.editai_keep_post, public.editai_keep_job, public.editai_keep_cost
from public, anon, authenticated;
grant execute on function
  public.editai_changes, public.editai_change_project, public.editai_keep_post, public.editai_keep_job,
  public.editai_keep_cost
to authenticated;

insert into public.editai_migrations (name) values ('006_mirror') on conflict do nothing;

commit;
