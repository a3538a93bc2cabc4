-- Stores. An owner has exactly one default store at every moment, whoever asks at once.
-- Paste the whole file into the SQL editor. It is one transaction, and running it again changes nothing.

begin;

do $$
begin
  if to_regclass('public.profiles') is not null and not exists (
    select from information_schema.columns
    where table_schema = 'public' and table_name = 'profiles' and column_name = 'name_key'
  ) then
    raise exception 'This project has a table "profiles" that is not EditAI''s.'
      using hint = 'Give EditAI a project of its own, or rename that table. Nothing was changed.';
  end if;
end $$;

-- ── which of these files were run here; `python -m editai doctor` reads it without a sign-in ────────────────────────

create table if not exists public.editai_migrations (
  name text primary key,
  run_at timestamptz not null default now()
);
alter table public.editai_migrations enable row level security;
alter table public.editai_migrations force row level security;
revoke all on public.editai_migrations from public, anon, authenticated;
grant select on public.editai_migrations to anon, authenticated;
drop policy if exists everybody_reads on public.editai_migrations;
create policy everybody_reads on public.editai_migrations for select to anon, authenticated using (true);

-- ── stores ──────────────────────────────────────────────────────────────────────────────────────────────────────────

create table if not exists public.profiles (
  id text primary key check (length(id) between 1 and 64),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name text not null,
  name_key text collate "C" not null,  -- the name without regard to case, as EditAI makes it
  description text not null default '',
  monthly_budget bigint check (monthly_budget >= 0),  -- micro-dollars
  kit jsonb not null default '{}' check (jsonb_typeof(kit) = 'object'),
  is_default boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index if not exists profiles_one_default on public.profiles (user_id) where is_default;
create unique index if not exists profiles_one_name on public.profiles (user_id, name_key);
-- What the other tables hang on: a row and its store have the same owner, which row-level security alone does not see.
create unique index if not exists profiles_own on public.profiles (user_id, id);

alter table public.profiles enable row level security;
alter table public.profiles force row level security;
revoke all on public.profiles from public, anon, authenticated;
grant select, delete on public.profiles to authenticated;
grant insert (id, user_id, name, name_key, description, monthly_budget, kit, created_at)
  on public.profiles to authenticated;
grant update (name, name_key, description, monthly_budget, kit) on public.profiles to authenticated;
drop policy if exists owner on public.profiles;
create policy owner on public.profiles for all to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

-- An owner's first store is the default; no other becomes it by being inserted. The lock is held until the transaction
-- ends: who begins a store or switches the default does so one after the other.
create or replace function public.editai_begin_store() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('editai stores of ' || new.user_id::text, 0));
  new.is_default := not exists (select from public.profiles where user_id = new.user_id and is_default);
  return new;
end $$;
drop trigger if exists editai_begin_store on public.profiles;
create trigger editai_begin_store before insert on public.profiles
  for each row execute function public.editai_begin_store();

-- The default store goes only with its owner's account, whose deletion cascades here from inside another trigger.
create or replace function public.editai_protect_default() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  raise exception 'default_profile_protected' using errcode = 'PT409';
end $$;
drop trigger if exists editai_protect_default on public.profiles;
create trigger editai_protect_default before delete on public.profiles
  for each row when (old.is_default and pg_trigger_depth() = 0) execute function public.editai_protect_default();

-- ── what is asked of them ───────────────────────────────────────────────────────────────────────────────────────────

-- Whether a store is one's "own", an "other" owner's, or "none" at all. It sees through row-level security to tell
-- these three apart, and tells nothing else.
create or replace function public.editai_whose_store(p_id text) returns text
language sql stable security definer set search_path = '' as $$
  select coalesce(
    (select case when user_id = auth.uid() then 'own' else 'other' end from public.profiles where id = $1), 'none'
  )
$$;

-- The first store of an owner who has none; true where it was made.
create or replace function public.editai_welcome(
  p_id text, p_name text, p_name_key text, p_description text, p_monthly_budget bigint, p_kit jsonb
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('editai stores of ' || auth.uid()::text, 0));
  if exists (select from public.profiles where user_id = auth.uid()) then
    return false;
  end if;
  insert into public.profiles (id, name, name_key, description, monthly_budget, kit)
    values (p_id, p_name, p_name_key, p_description, p_monthly_budget, p_kit);
  return true;
end $$;

-- The switch is one transaction under a lock: two requests would leave moments without a default. It alone may write
-- `is_default`, so it runs as the table's owner and holds every row against the token itself.
create or replace function public.editai_set_default(p_id text) returns setof public.profiles
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('editai stores of ' || auth.uid()::text, 0));
  perform 1 from public.profiles where user_id = auth.uid() and id = p_id for update;
  if not found then
    return;
  end if;
  update public.profiles set is_default = false where user_id = auth.uid() and is_default and id <> p_id;
  return query
    update public.profiles set is_default = true where user_id = auth.uid() and id = p_id returning *;
end $$;

-- Change some fields, in one step: what is in neither object keeps its value, whoever else changes it meanwhile.
create or replace function public.editai_change_store(p_id text, p_fields jsonb, p_kit jsonb)
returns setof public.profiles
language sql volatile set search_path = '' as $$
  update public.profiles set
    name = coalesce($2 ->> 'name', name),
    name_key = coalesce($2 ->> 'name_key', name_key),
    description = coalesce($2 ->> 'description', description),
    monthly_budget = case when $2 ? 'monthly_budget' then ($2 ->> 'monthly_budget')::bigint else monthly_budget end,
    kit = kit || $3
  where id = $1
  returning *
$$;

revoke all on function
  public.editai_begin_store, public.editai_protect_default, public.editai_whose_store, public.editai_welcome,
  public.editai_set_default, public.editai_change_store
from public, anon, authenticated;
grant execute on function
  public.editai_whose_store, public.editai_welcome, public.editai_set_default, public.editai_change_store
to authenticated;

insert into public.editai_migrations (name) values ('001_profiles') on conflict do nothing;

commit;
