-- Custom: what drizzle-kit cannot express.
--
-- The application works as a role that owns nothing. Roles belong to the whole server, not to a database, so
-- another database of the same server may have created it already, perhaps at this very moment.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tintype_app') THEN
    CREATE ROLE tintype_app NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
--> statement-breakpoint
DO $$
BEGIN
  EXECUTE format('GRANT tintype_app TO %I', current_user);
EXCEPTION
  WHEN OTHERS THEN
    -- A superuser may become any role without a grant; two migrations at once may also collide here.
    IF NOT pg_has_role(current_user, 'tintype_app', 'USAGE') THEN RAISE; END IF;
END
$$;
--> statement-breakpoint
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', tg_op, tg_table_name
    USING ERRCODE = 'insufficient_privilege',
          HINT = 'Correct a mistake by appending a compensating event.';
END
$$;
--> statement-breakpoint
CREATE TRIGGER credit_events_append_only BEFORE UPDATE OR DELETE ON credit_events
  FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
--> statement-breakpoint
CREATE TRIGGER credit_entries_append_only BEFORE UPDATE OR DELETE ON credit_entries
  FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
--> statement-breakpoint
CREATE TRIGGER credit_events_no_truncate BEFORE TRUNCATE ON credit_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
--> statement-breakpoint
CREATE TRIGGER credit_entries_no_truncate BEFORE TRUNCATE ON credit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
