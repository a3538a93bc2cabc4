-- What was done and what it cost. It outlives the store that it was for, without naming it any more.
-- Paste the whole file into the SQL editor. It is one transaction, and running it again changes nothing.

begin;

-- The journal of the owner's machine is the truth about work; this is its copy, and says not what states there are.
-- `data` holds the store that the job was started for, also where that store was deleted since.
create table if not exists public.jobs (id text primary key);
alter table public.jobs
  add column if not exists user_id uuid not null default auth.uid(),
  add column if not exists profile_id text,
  add column if not exists kind text not null default 'produce',
  add column if not exists state text not null default 'done',
  add column if not exists data jsonb not null default '{}',
  add column if not exists progress jsonb,
  add column if not exists clip_id text,
  add column if not exists error jsonb,
  add column if not exists tries integer not null default 0,
  add column if not exists created_at timestamptz not null default now(),
  add column if not exists started_at timestamptz,
  add column if not exists finished_at timestamptz,
  add column if not exists nr bigint generated always as identity;

create table if not exists public.api_costs (id text primary key);
alter table public.api_costs
  add column if not exists user_id uuid not null default auth.uid(),
  add column if not exists profile_id text,
  add column if not exists job_id text,
  add column if not exists service text not null default '',
  add column if not exists operation text not null default '',
  add column if not exists units bigint not null default 0,
  add column if not exists amount bigint not null default 0,  -- micro-dollars
  add column if not exists state text not null default 'settled',
  add column if not exists created_at timestamptz not null default now(),
  add column if not exists ended_at timestamptz,
  add column if not exists nr bigint generated always as identity;

-- A column that an earlier table has already gets the same rules as a new one.
alter table public.jobs
  alter column user_id set default auth.uid(),
  alter column user_id set not null,
  alter column created_at set default now(),
  alter column created_at set not null,
  alter column data set default '{}',
  alter column data set not null,
  alter column state set default 'done',
  alter column state set not null;
alter table public.api_costs
  alter column user_id set default auth.uid(),
  alter column user_id set not null,
  alter column created_at set default now(),
  alter column created_at set not null,
  alter column amount set default 0,
  alter column amount set not null;

-- ── what hangs on what ──────────────────────────────────────────────────────────────────────────────────────────────

alter table public.jobs
  drop constraint if exists jobs_user,
  drop constraint if exists jobs_profile,
  add constraint jobs_user foreign key (user_id) references auth.users (id) on delete cascade,
  add constraint jobs_profile foreign key (user_id, profile_id)
    references public.profiles (user_id, id) on delete set null (profile_id);
alter table public.api_costs
  drop constraint if exists api_costs_user,
  drop constraint if exists api_costs_profile,
  drop constraint if exists api_costs_state,
  drop constraint if exists api_costs_not_negative,
  add constraint api_costs_user foreign key (user_id) references auth.users (id) on delete cascade,
  add constraint api_costs_profile foreign key (user_id, profile_id)
    references public.profiles (user_id, id) on delete set null (profile_id),
  add constraint api_costs_state check (state in ('reserved', 'settled', 'released')),
  add constraint api_costs_not_negative check (units >= 0 and amount >= 0);

create index if not exists jobs_of_profile on public.jobs (profile_id, created_at desc, nr desc);
create index if not exists jobs_of_user on public.jobs (user_id);
create index if not exists api_costs_of_profile on public.api_costs (profile_id, created_at desc, nr desc);
create index if not exists api_costs_of_user on public.api_costs (user_id);
create index if not exists api_costs_reserved on public.api_costs (user_id, created_at) where state = 'reserved';

-- ── who may; nobody deletes what was done or paid ───────────────────────────────────────────────────────────────────

alter table public.jobs enable row level security;
alter table public.jobs force row level security;
alter table public.api_costs enable row level security;
alter table public.api_costs force row level security;
revoke all on public.jobs, public.api_costs from public, anon, authenticated;
grant select, insert, update on public.jobs, public.api_costs to authenticated;
drop policy if exists owner on public.jobs;
create policy owner on public.jobs for all to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
drop policy if exists owner on public.api_costs;
create policy owner on public.api_costs for all to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

-- ── money ───────────────────────────────────────────────────────────────────────────────────────────────────────────

create or replace function public.editai_spent(p_profile_id text, p_since timestamptz) returns bigint
language sql stable set search_path = '' as $$
  select coalesce(sum(amount), 0)::bigint from public.api_costs
  where profile_id = $1 and created_at >= $2 and state in ('reserved', 'settled')
$$;

-- Write down that money is about to be spent, unless that is over the store's budget; who reserves for the same store
-- waits until this one is done. The same id again changes nothing.
create or replace function public.editai_reserve_cost(
  p_id text, p_profile_id text, p_job_id text, p_service text, p_operation text, p_units bigint, p_amount bigint,
  p_created_at timestamptz, p_since timestamptz
) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  budget bigint;
  spent bigint;
begin
  if exists (select from public.api_costs where id = p_id) then
    return false;
  end if;
  select monthly_budget into budget from public.profiles where id = p_profile_id for no key update;
  if not found then
    raise exception 'profile_not_found' using errcode = 'PT404';
  end if;
  if budget is not null then
    spent := public.editai_spent(p_profile_id, p_since);
    if spent + p_amount > budget then
      raise exception 'budget_exceeded'
        using errcode = 'PT402', detail = json_build_object('budget', budget, 'spent', spent)::text;
    end if;
  end if;
  insert into public.api_costs (id, profile_id, job_id, service, operation, units, amount, state, created_at)
    values (p_id, p_profile_id, p_job_id, p_service, p_operation, p_units, p_amount, 'reserved', p_created_at)
    on conflict (id) do nothing;
  return found;
end $$;

-- Settle a reserved cost, or release it; false where it was ended already.
create or replace function public.editai_end_cost(p_id text, p_state text, p_amount bigint) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  update public.api_costs set state = p_state, amount = p_amount, ended_at = now()
    where id = p_id and state = 'reserved';
  return found;
end $$;

create or replace function public.editai_costs_of(p_profile_id text, p_since timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(newest_first)), '[]') from (
    select id, profile_id, job_id, service, operation, units, amount, state, created_at from public.api_costs
    where profile_id = $1 and created_at >= $2 order by created_at desc, nr desc
  ) as newest_first
$$;

revoke all on function
  public.editai_spent, public.editai_reserve_cost, public.editai_end_cost, public.editai_costs_of
from public, anon, authenticated;
grant execute on function
  public.editai_spent, public.editai_reserve_cost, public.editai_end_cost, public.editai_costs_of
to authenticated;

insert into public.editai_migrations (name) values ('003_work') on conflict do nothing;

commit;
