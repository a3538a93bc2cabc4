-- The roles of a Supabase project. `dashboard` is who the SQL editor works as: Supabase calls it postgres, which here is
-- the superuser; it is none, but row-level security does not hold it.
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;
create role supabase_auth_admin nologin;
create role supabase_storage_admin nologin;
create role dashboard login nosuperuser createdb createrole bypassrls;
grant anon, authenticated, service_role to dashboard;
-- There an extension lets it make policies on the files; here that takes a membership.
grant supabase_storage_admin to dashboard;
