-- Applied after every migration, so that no table is left out: each one has row-level security, under which the
-- service role sees every row and anybody else only what a policy gives him. A table that is new is therefore closed
-- to users until its migration adds a policy. Tables that are already so are not touched: no lock, no wait.
do $$
declare
  v_table record;
begin
  for v_table in
    select c.oid::regclass as name, relrowsecurity as is_secured, p.polname is not null as is_served
    from pg_class c left join pg_policy p on p.polrelid = c.oid and p.polname = 'service_sees_all'
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    order by relname
  loop
    if not v_table.is_secured then
      execute format('alter table %s enable row level security', v_table.name);
    end if;
    if not v_table.is_served then
      execute format('create policy service_sees_all on %s to tintype_app using (true)', v_table.name);
    end if;
  end loop;
end
$$;
