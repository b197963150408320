-- What only the tests of the ledger's model need; put into their databases, never into the product's.

-- read_ledger: one user's books as testing/model/ledger.ts sees them, with the events after `p_after`.
create or replace function read_ledger(p_user_id uuid, p_after bigint) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'wallet', (
      select jsonb_build_object('available', available, 'held', held, 'owed', owed, 'seq', seq)
      from wallets where user_id = p_user_id
    ),
    'grants', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', id, 'source', source, 'category', category, 'amount', amount, 'priority', priority,
        'costBasisCents', cost_basis_cents, 'issuedSeq', issued_seq, 'payment', payment_reference,
        'period', period_reference, 'rolledOverFrom', rolled_over_from, 'isFrozen', frozen_since is not null,
        'reversalTarget', reversal_target, 'available', available, 'held', held, 'spent', spent,
        'expired', expired, 'frozen', frozen, 'reversed', reversed, 'owed', owed,
        'effectiveAt', extract(epoch from effective_at) * 1000, 'expiresAt', extract(epoch from expires_at) * 1000
      )), '[]') from credit_grants where user_id = p_user_id
    ),
    'jobs', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', id, 'requestHash', request_hash, 'status', status, 'attempt', attempt, 'maxAttempts', max_attempts,
        'workerId', worker_id, 'isCancelRequested', cancel_requested_at is not null,
        'isUnknown', ask_provider_at is not null, 'failureCode', failure_code, 'credits', credits,
        'holdSeq', hold_seq, 'settleSeq', settle_seq, 'charged', charged_credits, 'delivered', delivered_units,
        'milliCreditsPerUnit', milli_credits_per_unit, 'multiplierPercent', multiplier_percent,
        'cancelFeePercent', cancel_fee_percent
      )), '[]') from generation_jobs where user_id = p_user_id
    ),
    'charges', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'jobId', job_id, 'grantId', grant_id, 'period', period_reference, 'credits', credits,
        'heldCents', held_cents, 'captured', captured_credits, 'billedCents', billed_cents
      )), '[]') from overage_charges where user_id = p_user_id
    ),
    'events', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'seq', v.seq, 'kind', v.kind, 'key', v.idempotency_key, 'jobId', v.job_id, 'actorKind', v.actor_kind,
        'availableChange', v.available_change, 'available', v.available_after, 'held', v.held_after,
        'owed', v.owed_after, 'at', extract(epoch from v.created_at) * 1000,
        'entries', (
          select coalesce(jsonb_agg(jsonb_build_object(
            'grantId', grant_id, 'from', from_account, 'to', to_account, 'amount', amount
          ) order by line), '[]') from credit_entries e where e.user_id = v.user_id and e.event_seq = v.seq
        )
      ) order by v.seq), '[]') from credit_events v where v.user_id = p_user_id and v.seq > p_after
    )
  )
$$;

-- claim_that_job, reap_that_job: as claim_job and reap_job, for a job that the test chooses. Who shares a database
-- with a thousand others cannot take whatever comes.
create or replace function claim_that_job(p_user_id uuid, p_job_id uuid, p_worker_id text, p_now timestamptz)
returns smallint language plpgsql as $$
declare
  v_attempt smallint;
begin
  update generation_jobs set
    status = 'processing', attempt = attempt + 1, worker_id = p_worker_id,
    lease_expires_at = p_now + interval '15 seconds', version = version + 1
  where user_id = p_user_id and id = p_job_id and status = 'queued'
  returning attempt into v_attempt;
  perform refresh_job_lane(p_user_id);
  return v_attempt;
end
$$;

create or replace function reap_that_job(p_user_id uuid, p_job_id uuid, p_is_late boolean, p_now timestamptz)
returns text language plpgsql as $$
declare
  v_job generation_jobs;
begin
  select * into v_job from generation_jobs
    where user_id = p_user_id and id = p_job_id
      and (status = 'processing' or p_is_late and status in ('queued', 'reconciling')) for update;
  if not found then
    return null;
  elsif p_is_late then
    perform end_job(v_job, 'failed', 0, 0, 'deadline_exceeded', 'system', 'reaper', p_now);
    return 'failed';
  end if;
  return end_attempt(v_job, 'worker_lost', true, 0, 'reaper', p_now);
end
$$;

-- create_player: a user with a wallet, a photo, and a limit beyond the wallet unless that is null.
create or replace function create_player(
  p_user_id uuid, p_asset_id uuid, p_overage_limit_cents bigint, p_now timestamptz
) returns void language plpgsql as $$
begin
  insert into users (id, email, created_at) values (p_user_id, p_user_id || '@example.com', p_now);
  insert into wallets (user_id, updated_at) values (p_user_id, p_now);
  insert into assets (user_id, id, kind, status, bucket, object_key, content_type, byte_size, file_name, created_at)
    values (p_user_id, p_asset_id, 'upload', 'ready', 'uploads', p_asset_id::text, 'image/png', 1, '1.png', p_now);
  if p_overage_limit_cents is not null then
    insert into user_preferences (user_id, overage_limit_cents, updated_at)
      values (p_user_id, p_overage_limit_cents, p_now);
  end if;
end
$$;
