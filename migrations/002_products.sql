-- What belongs to a store: products, clips, posts, sealed keys. They go with it.
-- Paste the whole file into the SQL editor. It is one transaction, and running it again changes nothing.
--
-- Columns are added one by one, so that tables of an earlier EditAI, which knew no stores, become these ones too:
-- their rows keep everything they have, and `004_earlier_rows.sql` gives them a store.

begin;

do $$
declare
  found record;
begin
  -- Ids are texts; tables that had them as uuid, and whatever hung on them, are turned into texts. Only earlier tables
  -- have such columns, so this happens once.
  for found in
    select distinct con.conrelid::regclass as of_table, con.conname as name
    from pg_constraint con
    join pg_attribute att on att.attrelid = con.conrelid and att.attnum = any (con.conkey)
    where con.contype = 'f' and con.connamespace = 'public'::regnamespace and att.atttypid = 'uuid'::regtype
      and con.confrelid in (to_regclass('public.editai_projects'), to_regclass('public.editai_clips'),
        to_regclass('public.jobs'))
  loop
    execute format('alter table %s drop constraint %I', found.of_table, found.name);
  end loop;
  for found in
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and data_type = 'uuid'
      and table_name in ('editai_projects', 'editai_clips', 'editai_posts', 'jobs', 'api_costs')
      and column_name in ('id', 'project_id', 'clip_id', 'job_id')
  loop
    execute format('alter table public.%I alter column %I drop default', found.table_name, found.column_name);
    execute format('alter table public.%1$I alter column %2$I type text using %2$I::text',
      found.table_name, found.column_name);
  end loop;
end $$;

create table if not exists public.editai_projects (id text primary key);
alter table public.editai_projects
  add column if not exists user_id uuid not null default auth.uid(),
  add column if not exists profile_id text,
  add column if not exists created_at timestamptz not null default now(),
  add column if not exists updated_at timestamptz not null default now(),
  add column if not exists data jsonb not null default '{}',
  add column if not exists nr bigint generated always as identity;  -- which of two came later, where the times are equal

create table if not exists public.editai_clips (id text primary key);
alter table public.editai_clips
  add column if not exists user_id uuid not null default auth.uid(),
  add column if not exists profile_id text,
  add column if not exists project_id text,
  add column if not exists created_at timestamptz not null default now(),
  add column if not exists data jsonb not null default '{}',
  add column if not exists nr bigint generated always as identity;

-- The outbox of the owner's machine is the truth about posts; this is its copy, and says not what states there are.
create table if not exists public.editai_posts (id text primary key);
alter table public.editai_posts
  add column if not exists user_id uuid not null default auth.uid(),
  add column if not exists profile_id text,
  add column if not exists clip_id text not null,
  add column if not exists channel_id text not null default '',
  add column if not exists batch text not null default '',
  add column if not exists state text not null default 'unknown',
  add column if not exists not_before text not null default '',
  add column if not exists remote_id text,
  add column if not exists created_at timestamptz not null default now(),
  add column if not exists data jsonb not null default '{}',
  add column if not exists nr bigint generated always as identity;

-- Sealed before they come here; what opens them never leaves the owner's machines.
create table if not exists public.editai_secrets (
  user_id uuid not null default auth.uid(),
  profile_id text not null,
  name text not null,
  sealed bytea not null,
  last_four text not null check (length(last_four) <= 4),
  updated_at timestamptz not null default now(),
  primary key (user_id, profile_id, name)  -- with the owner, so that a refusal tells nobody else that a row is there
);

-- A column that an earlier table has already gets the same rules as a new one.
alter table public.editai_projects
  alter column user_id set default auth.uid(),
  alter column user_id set not null,
  alter column created_at set default now(),
  alter column created_at set not null,
  alter column updated_at set default now(),
  alter column updated_at set not null,
  alter column data set default '{}',
  alter column data set not null;
alter table public.editai_clips
  alter column user_id set default auth.uid(),
  alter column user_id set not null,
  alter column created_at set default now(),
  alter column created_at set not null,
  alter column data set default '{}',
  alter column data set not null;
alter table public.editai_posts
  alter column user_id set default auth.uid(),
  alter column user_id set not null,
  alter column created_at set default now(),
  alter column created_at set not null,
  alter column data set default '{}',
  alter column data set not null;

-- ── what hangs on what ──────────────────────────────────────────────────────────────────────────────────────────────

create unique index if not exists editai_projects_own on public.editai_projects (profile_id, id);
create unique index if not exists editai_clips_own on public.editai_clips (profile_id, id);

alter table public.editai_projects
  drop constraint if exists editai_projects_profile,
  add constraint editai_projects_profile foreign key (user_id, profile_id)
    references public.profiles (user_id, id) on delete cascade;
alter table public.editai_clips
  drop constraint if exists editai_clips_profile,
  drop constraint if exists editai_clips_project,
  add constraint editai_clips_profile foreign key (user_id, profile_id)
    references public.profiles (user_id, id) on delete cascade,
  add constraint editai_clips_project foreign key (profile_id, project_id)
    references public.editai_projects (profile_id, id) on delete cascade;
alter table public.editai_posts
  drop constraint if exists editai_posts_profile,
  drop constraint if exists editai_posts_clip,
  add constraint editai_posts_profile foreign key (user_id, profile_id)
    references public.profiles (user_id, id) on delete cascade,
  add constraint editai_posts_clip foreign key (profile_id, clip_id)
    references public.editai_clips (profile_id, id) on delete cascade;
alter table public.editai_secrets
  drop constraint if exists editai_secrets_profile,
  add constraint editai_secrets_profile foreign key (user_id, profile_id)
    references public.profiles (user_id, id) on delete cascade;

-- ── lists, newest first ─────────────────────────────────────────────────────────────────────────────────────────────

create index if not exists editai_projects_of_profile
  on public.editai_projects (profile_id, updated_at desc, nr desc);
create index if not exists editai_clips_of_profile on public.editai_clips (profile_id, created_at desc, nr desc);
create index if not exists editai_clips_of_project on public.editai_clips (profile_id, project_id);
create index if not exists editai_posts_of_profile on public.editai_posts (profile_id, created_at desc, nr desc);
create index if not exists editai_posts_of_clip on public.editai_posts (profile_id, clip_id, created_at desc);
-- Two posts of one clip on one channel are never on their way at once.
create unique index if not exists editai_posts_once
  on public.editai_posts (user_id, profile_id, clip_id, channel_id)
  where state in ('planned', 'uploading', 'sending', 'unknown') and channel_id <> '';

-- ── who may ─────────────────────────────────────────────────────────────────────────────────────────────────────────

alter table public.editai_projects enable row level security;
alter table public.editai_projects force row level security;
alter table public.editai_clips enable row level security;
alter table public.editai_clips force row level security;
alter table public.editai_posts enable row level security;
alter table public.editai_posts force row level security;
alter table public.editai_secrets enable row level security;
alter table public.editai_secrets force row level security;
revoke all on public.editai_projects, public.editai_clips, public.editai_posts, public.editai_secrets
  from public, anon, authenticated;
grant select, insert, update, delete
  on public.editai_projects, public.editai_clips, public.editai_posts, public.editai_secrets to authenticated;
drop policy if exists owner on public.editai_projects;
create policy owner on public.editai_projects for all to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
drop policy if exists owner on public.editai_clips;
create policy owner on public.editai_clips for all to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
drop policy if exists owner on public.editai_posts;
create policy owner on public.editai_posts for all to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
drop policy if exists owner on public.editai_secrets;
create policy owner on public.editai_secrets for all to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

-- ── what is asked of them; a list is one value, so that no limit of rows cuts it off unseen ─────────────────────────

-- Insert a product, or replace the one with its id in this store.
create or replace function public.editai_keep_project(
  p_id text, p_profile_id text, p_created_at timestamptz, p_updated_at timestamptz, p_data jsonb
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  insert into public.editai_projects as kept (id, profile_id, created_at, updated_at, data)
    values (p_id, p_profile_id, p_created_at, p_updated_at, p_data)
    on conflict (id) do update
      set created_at = excluded.created_at, updated_at = excluded.updated_at, data = excluded.data
      where kept.profile_id = excluded.profile_id;
  if not found then
    raise exception 'project_not_found' using errcode = 'PT404';
  end if;
  return true;
exception when insufficient_privilege then  -- the id is of another owner's product, which is none to who asks
  raise exception 'project_not_found' using errcode = 'PT404';
end $$;

create or replace function public.editai_projects_of(p_profile_id text) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(data), '[]') from (
    select data from public.editai_projects where profile_id = $1 order by updated_at desc, nr desc
  ) as newest_first
$$;

create or replace function public.editai_count_projects(p_profile_id text) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('count', count(*), 'changed_at', max(updated_at))
  from public.editai_projects where profile_id = $1
$$;

create or replace function public.editai_clips_of(p_profile_id text) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(data), '[]') from (
    select data from public.editai_clips where profile_id = $1 order by created_at desc, nr desc
  ) as newest_first
$$;

create or replace function public.editai_count_clips(p_profile_id text, p_since timestamptz) returns bigint
language sql stable set search_path = '' as $$
  select count(*) from public.editai_clips where profile_id = $1 and created_at >= $2
$$;

-- Keep a sealed key in the place of an earlier one.
create or replace function public.editai_keep_secret(
  p_profile_id text, p_name text, p_sealed bytea, p_last_four text
) returns boolean
language sql volatile set search_path = '' as $$
  insert into public.editai_secrets (profile_id, name, sealed, last_four) values ($1, $2, $3, $4)
  on conflict (user_id, profile_id, name) do update
    set sealed = excluded.sealed, last_four = excluded.last_four, updated_at = now()
  returning true
$$;

revoke all on function
  public.editai_keep_project, public.editai_projects_of, public.editai_count_projects, public.editai_clips_of,
  public.editai_count_clips, public.editai_keep_secret
from public, anon, authenticated;
grant execute on function
  public.editai_keep_project, public.editai_projects_of, public.editai_count_projects, public.editai_clips_of,
  public.editai_count_clips, public.editai_keep_secret
to authenticated;

insert into public.editai_migrations (name) values ('002_products') on conflict do nothing;

commit;
