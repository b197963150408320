-- Applied after every migration, so that a new table is covered too.
-- The application may read and write, except in the ledger's history: there it may only append.
grant usage on schema public to tintype_app;
grant select, insert, update, delete on all tables in schema public to tintype_app;
grant usage, select on all sequences in schema public to tintype_app;
revoke update, delete, truncate on credit_events, credit_entries from tintype_app;

-- A signed-in user's request. Policies choose the rows; where a row is one's own but not all of it is one's to see or
-- change, these lists choose the columns. What is not named here is refused. Taken back first, so that a right that is
-- removed from this file is removed from the database.
grant usage on schema public to tintype_user;
revoke all on all tables in schema public from tintype_user;
grant select (id, email, verified_email, awaits_verification, role, locale, created_at), update (locale)
  on users to tintype_user;
grant select on wallets, credit_grants, credit_events, credit_entries to tintype_user;
grant select, insert, delete, update (file_name, deleted_at) on assets to tintype_user;
grant select, insert on generation_jobs to tintype_user;
grant select on job_events to tintype_user;
grant select on prices, plans, packs, catalogue_state to tintype_user;
grant select, insert, delete, update (overage_limit_cents, spend_scope, top_up_enabled_at, top_up_threshold_credits,
  top_up_pack_code, top_up_monthly_cap_cents, email_notifications, time_zone, updated_at) on user_preferences to tintype_user;
grant select on payments, disputes, subscriptions, paid_periods, failed_payments, stripe_customers, overage_charges, overage_bills,
  top_ups, referral_codes, streaks to tintype_user;
