-- Applied after every migration, so that a new table is covered too.
-- The application may read and write, except in the ledger's history: there it may only append.
grant usage on schema public to tintype_app;
grant select, insert, update, delete on all tables in schema public to tintype_app;
grant usage, select on all sequences in schema public to tintype_app;
revoke update, delete, truncate on credit_events, credit_entries from tintype_app;
