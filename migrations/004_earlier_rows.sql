-- Rows of an earlier EditAI, which knew no stores, come under their owner's default store; it is made where there is
-- none. In a new project there are no such rows, and only the rules at the end take effect.
-- Paste the whole file into the SQL editor. It is one transaction, and running it again changes nothing.

begin;

do $$
declare
  owner uuid;
  store text;
begin
  -- Once: later on, a job or a cost without a store is one whose store was deleted.
  if exists (select from public.editai_migrations where name = '004_earlier_rows') then
    return;
  end if;
  for owner in
    select user_id from public.editai_projects where profile_id is null
    union select user_id from public.editai_clips where profile_id is null
    union select user_id from public.editai_posts where profile_id is null
    union select user_id from public.jobs where profile_id is null
    union select user_id from public.api_costs where profile_id is null
  loop
    select id into store from public.profiles where user_id = owner and is_default;
    if not found then
      store := replace(gen_random_uuid()::text, '-', '');
      insert into public.profiles (id, user_id, name, name_key) values (store, owner, 'My store', 'my store');
    end if;
    update public.editai_projects set profile_id = store, data = data || jsonb_build_object('profile_id', store)
      where user_id = owner and profile_id is null;
    update public.editai_clips clip set
      profile_id = store,
      project_id = (select id from public.editai_projects where profile_id = store and id = clip.project_id),
      data = data || jsonb_build_object('profile_id', store)
      where user_id = owner and profile_id is null;
    update public.editai_posts set profile_id = store, data = data || jsonb_build_object('profile_id', store)
      where user_id = owner and profile_id is null;
    update public.jobs set profile_id = store, data = data || jsonb_build_object('profile_id', store)
      where user_id = owner and profile_id is null;
    update public.api_costs set profile_id = store where user_id = owner and profile_id is null;
  end loop;
end $$;

-- What only an earlier table has stays as it is, and stands in nobody's way: a column needs no value any more, and a
-- policy, which would be added to ours, goes.
do $$
declare
  found record;
begin
  for found in
    select tablename, policyname from pg_policies
    where schemaname = 'public' and policyname <> 'owner'
      and tablename in ('editai_projects', 'editai_clips', 'editai_posts', 'jobs', 'api_costs')
  loop
    execute format('drop policy %I on public.%I', found.policyname, found.tablename);
  end loop;
  for found in
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and is_nullable = 'NO' and column_default is null and is_identity = 'NO'
      and table_name in ('editai_projects', 'editai_clips', 'editai_posts', 'jobs', 'api_costs')
      and column_name not in ('id', 'profile_id', 'clip_id')
  loop
    execute format('alter table public.%I alter column %I drop not null', found.table_name, found.column_name);
  end loop;
end $$;

alter table public.editai_projects alter column profile_id set not null;
alter table public.editai_clips alter column profile_id set not null;
alter table public.editai_posts alter column profile_id set not null;
alter table public.jobs
  drop constraint if exists jobs_data_profile,
  add constraint jobs_data_profile check (coalesce(jsonb_typeof(data -> 'profile_id') = 'string', false));

insert into public.editai_migrations (name) values ('004_earlier_rows') on conflict do nothing;

commit;
