-- Optional: a private bucket for finished clips and brand kits. Rows do not need it.
-- Paste the whole file into the SQL editor. It is one transaction, and running it again changes nothing.
--
-- A file's path is its owner's id, its store's id, and then whatever it is called.

begin;

insert into storage.buckets (id, name, public) values ('editai', 'editai', false) on conflict (id) do nothing;

drop policy if exists editai_owner on storage.objects;
create policy editai_owner on storage.objects for all to authenticated
  using (
    bucket_id = 'editai'
    and (storage.foldername(name))[1] = (select auth.uid())::text
  )
  with check (
    bucket_id = 'editai'
    and (storage.foldername(name))[1] = (select auth.uid())::text
    and exists (
      select from public.profiles
      where user_id = (select auth.uid()) and id = (storage.foldername(storage.objects.name))[2]
    )
  );

insert into public.editai_migrations (name) values ('005_storage') on conflict do nothing;

commit;
