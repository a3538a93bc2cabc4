-- The tables of an EditAI that knew no stores, with rows of two people: ids are uuid, rows hang on rows of whomever.
insert into auth.users (id, email) values
  ('aaaaaaaa-0000-4000-8000-000000000000', 'anna@editai.example'),
  ('bbbbbbbb-0000-4000-8000-000000000000', 'ben@editai.example'),
  ('cccccccc-0000-4000-8000-000000000000', 'nothing@editai.example');

create table public.editai_projects (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id),
  title text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  data jsonb not null default '{}'
);
create table public.editai_clips (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  project_id uuid references public.editai_projects (id) on delete cascade,
  created_at timestamptz not null default now(),
  data jsonb not null default '{}'
);
create table public.jobs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  clip_id uuid references public.editai_clips (id) on delete set null,
  state text not null,
  created_at timestamptz not null default now(),
  data jsonb not null default '{}'
);
create table public.editai_posts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  clip_id uuid not null references public.editai_clips (id),
  created_at timestamptz not null default now(),
  data jsonb not null default '{}'
);
create table public.api_costs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  job_id uuid references public.jobs (id),
  amount bigint not null default 0,
  created_at timestamptz not null default now()
);

insert into public.editai_projects (id, user_id, title, data) values
  ('10000000-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000000', 'Tea', '{"title": "Tea"}'),
  ('10000000-0000-4000-8000-000000000002', 'bbbbbbbb-0000-4000-8000-000000000000', 'Bread', '{"title": "Bread"}');
insert into public.editai_clips (id, user_id, project_id, data) values
  ('20000000-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000000',
    '10000000-0000-4000-8000-000000000001', '{"title": "A clip"}'),
  ('20000000-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000000', null, '{"title": "Another"}'),
  ('20000000-0000-4000-8000-000000000003', 'bbbbbbbb-0000-4000-8000-000000000000',
    '10000000-0000-4000-8000-000000000002', '{"title": "A clip"}');
insert into public.jobs (id, user_id, clip_id, state, data) values
  ('30000000-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000000',
    '20000000-0000-4000-8000-000000000001', 'done', '{"kind": "produce"}'),
  ('30000000-0000-4000-8000-000000000002', 'bbbbbbbb-0000-4000-8000-000000000000', null, 'failed', '{}');
insert into public.editai_posts (id, user_id, clip_id, data) values
  ('40000000-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000000',
    '20000000-0000-4000-8000-000000000001', '{"text": "Our tea"}');
insert into public.api_costs (id, user_id, job_id, amount) values
  ('50000000-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000000',
    '30000000-0000-4000-8000-000000000001', 1234),
  ('50000000-0000-4000-8000-000000000002', 'bbbbbbbb-0000-4000-8000-000000000000', null, 5);
