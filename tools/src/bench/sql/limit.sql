-- The limit: the smallest thing that could be called a hold, as one function on tables of its own. A guarded
-- update of the wallet, one line in a ledger, one job. No keys but the primary ones, no grants, no checks.
create schema if not exists bench;

-- Numbers become ids that look random, so that neighbours in time are not neighbours in an index. With the digits
-- that make it a UUID of version 4, which our input schemas insist on.
create or replace function bench.user_id(n integer) returns uuid language sql immutable
  as $$ select overlay(overlay(md5('user ' || n) placing '4' from 13) placing '8' from 17)::uuid $$;
create or replace function bench.asset_id(n integer) returns uuid language sql immutable
  as $$ select overlay(overlay(md5('asset ' || n) placing '4' from 13) placing '8' from 17)::uuid $$;

create table bench.wallet (user_id uuid primary key, available bigint not null, held bigint not null);
create table bench.ledger (
  id bigint generated always as identity primary key, user_id uuid not null, job_id uuid not null,
  amount bigint not null, created_at timestamptz not null
);
create table bench.job (
  id uuid primary key, user_id uuid not null, credits bigint not null, status text not null,
  created_at timestamptz not null
);

create function bench.smallest_hold(p_user_id uuid, p_job_id uuid, p_amount bigint)
returns boolean language plpgsql as $$
begin
  update bench.wallet set available = available - p_amount, held = held + p_amount
    where user_id = p_user_id and available >= p_amount;
  if not found then
    return false;
  end if;
  insert into bench.ledger (user_id, job_id, amount, created_at) values (p_user_id, p_job_id, -p_amount, now());
  insert into bench.job (id, user_id, credits, status, created_at) values (p_job_id, p_user_id, p_amount, 'queued', now());
  return true;
end
$$;
