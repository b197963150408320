-- Fills the books with users who have a history: five grants each, and jobs that took three credits of the first
-- and two of the second and were charged. Everything balances; the run proves it before it measures.
-- Written set by set, which takes seconds where the real functions would take an hour. The caller switches foreign
-- key checks off for the session: what is written refers only to what is written beside it.
-- Each user has 5 + 4 * p_jobs ledger entries.
create or replace procedure bench.fill(p_first integer, p_last integer, p_jobs integer, p_now timestamptz)
language plpgsql as $$
declare
  c_grant constant bigint := 10000000;
  v_price prices;
begin
  select * into strict v_price from prices
    where kind = 'image' and model_tier = 'standard' and quality_tier = 'standard';

  insert into users (id, email, created_at)
    select bench.user_id(n), 'bench-' || n || '@example.com', p_now from generate_series(p_first, p_last) n;
  insert into sessions (id, user_id, expires_at)
    select encode(sha256(('bench-session-' || n)::bytea), 'hex'), bench.user_id(n), p_now + interval '30 days'
    from generate_series(p_first, p_last) n;
  insert into assets (user_id, id, kind, status, bucket, object_key, content_type, byte_size, width, height, file_name, created_at)
    select bench.user_id(n), bench.asset_id(n), 'upload', 'ready', 'uploads',
      bench.user_id(n) || '/' || bench.asset_id(n) || '/image.png', 'image/png', 1000, 100, 100, 'photo.png', p_now
    from generate_series(p_first, p_last) n;
  insert into wallets (user_id, available, seq, updated_at)
    select bench.user_id(n), 5 * c_grant - 5 * p_jobs, 5 + 2 * p_jobs, p_now from generate_series(p_first, p_last) n;
  insert into bench.wallet select bench.user_id(n), 5 * c_grant, 0 from generate_series(p_first, p_last) n;

  insert into credit_grants (
    user_id, id, source, category, amount, available, spent, effective_at, expires_at, issued_seq, created_at
  )
  select bench.user_id(n), md5('grant ' || n || ' ' || g)::uuid, 'purchase', 'paid', c_grant, c_grant - used, used,
    p_now - interval '60 days', case when g < 5 then p_now + make_interval(days => 100 * g) end, g, p_now - interval '60 days'
  from generate_series(p_first, p_last) n, generate_series(1, 5) g,
    lateral (select p_jobs * case g when 1 then 3 when 2 then 2 else 0 end as used) u;
  insert into credit_events (
    user_id, seq, kind, idempotency_key, actor_kind, actor_id, available_change, available_after, held_after, owed_after, created_at
  )
  select bench.user_id(n), g, 'grant', 'payment:' || g, 'system', 'bench', c_grant, g * c_grant, 0, 0, p_now - interval '60 days'
  from generate_series(p_first, p_last) n, generate_series(1, 5) g;
  insert into credit_entries (user_id, event_seq, line, grant_id, amount, from_account, to_account)
    select bench.user_id(n), g, 1, md5('grant ' || n || ' ' || g)::uuid, c_grant, 'issued', 'available'
    from generate_series(p_first, p_last) n, generate_series(1, 5) g;

  insert into generation_jobs (
    user_id, id, kind, status, settings, request_hash, input_asset_id, provider, price_id, unit, units,
    milli_credits_per_unit, multiplier_percent, cancel_fee_percent, credits, hold_seq, settle_seq, charged_credits,
    delivered_units, attempt, max_attempts, available_at, progress, created_at, started_at, finished_at, deadline_at
  )
  select bench.user_id(n), md5('job ' || n || ' ' || j)::uuid, 'image', 'completed',
    '{"kind": "image", "count": 1, "prompt": "a red kite", "modelTier": "standard", "qualityTier": "standard"}',
    'bench', bench.asset_id(n), 'local', v_price.id, v_price.unit, 1, v_price.milli_credits_per_unit,
    v_price.multiplier_percent, 0, 5, 4 + 2 * j, 5 + 2 * j, 5, 1, 1, 3, t, 100, t, t, t, t + interval '15 minutes'
  from generate_series(p_first, p_last) n, generate_series(1, p_jobs) j,
    lateral (select p_now - interval '50 days' + make_interval(mins => j) as t) times;
  insert into credit_events (
    user_id, seq, kind, idempotency_key, job_id, actor_kind, actor_id, reason,
    available_change, available_after, held_after, owed_after, created_at
  )
  select bench.user_id(n), 4 + 2 * j + half, (array['hold', 'capture'])[half + 1]::credit_event_kind,
    (array['hold:', 'settle:'])[half + 1] || job_id, job_id, 'system', 'bench', null,
    -5 * (1 - half), 5 * c_grant - 5 * j, 5 * (1 - half), 0, p_now - interval '50 days' + make_interval(mins => j)
  from generate_series(p_first, p_last) n, generate_series(1, p_jobs) j,
    lateral (select md5('job ' || n || ' ' || j)::uuid as job_id) jobs, generate_series(0, 1) half;
  insert into credit_entries (user_id, event_seq, line, grant_id, amount, from_account, to_account)
    select bench.user_id(n), 4 + 2 * j + half, g, md5('grant ' || n || ' ' || g)::uuid, 4 - g,
      (array['available', 'held'])[half + 1]::credit_account, (array['held', 'spent'])[half + 1]::credit_account
    from generate_series(p_first, p_last) n, generate_series(1, p_jobs) j, generate_series(0, 1) half, generate_series(1, 2) g;
end
$$;
