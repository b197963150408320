-- submit_job: holds the price and queues the job, both or neither, in one round trip.
--
-- Locks: the wallet row (which makes the checks below exact for one user), then the lane row.
-- Returns {"outcome": …} and what the caller needs to explain it:
--   created, existing (same id, same request), both with what describe_job tells · job_id_reused
--   wallet_restricted {owed}
--   job_limit_reached {oldest} · asset_not_found · asset_not_ready · price_unavailable
--   price_changed {current} · insufficient_credits {required, available}, and {scope, excluded} when the user's own
--     switch keeps credits from being used: `available` are those that it allows
--   overage_changed {cents} · overage_limit_reached {limit, used, cents} · overage_unpaid {cents}
-- `p_overage_cents` is the most the user has agreed to pay beyond the wallet for this job; 0 for nothing.
create or replace function submit_job(
  p_user_id uuid,
  p_job_id uuid,
  p_kind job_kind,
  p_settings jsonb,
  p_request_hash text,
  p_input_asset_id uuid,
  p_provider text,
  p_price_id uuid,
  p_quoted_credits bigint,
  p_seconds integer,
  p_images integer,
  p_model_tier model_tier,
  p_quality_tier quality_tier,
  p_max_attempts smallint,
  p_deadline_at timestamptz,
  p_job_limit integer,
  p_window_seconds integer,
  p_overage_cents bigint,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_wallet wallets;
  v_job generation_jobs;
  v_oldest timestamptz;
  v_asset_status asset_status;
  v_price prices;
  v_units integer;
  v_credits bigint;
  v_seq bigint;
  v_usable bigint;
  v_excluded bigint;
  v_scope spend_scope;
  v_overage jsonb;
begin
  select * into v_wallet from wallets where user_id = p_user_id for update;
  if not found then
    return jsonb_build_object('outcome', 'insufficient_credits', 'required', p_quoted_credits, 'available', 0);
  end if;

  select * into v_job from generation_jobs where user_id = p_user_id and id = p_job_id;
  if found and v_job.request_hash = p_request_hash then
    return jsonb_build_object('outcome', 'existing') || describe_job(v_job);
  elsif found then
    return jsonb_build_object('outcome', 'job_id_reused');
  end if;
  if v_wallet.owed > 0 then
    return jsonb_build_object('outcome', 'wallet_restricted', 'owed', v_wallet.owed);
  end if;

  select created_at into v_oldest from generation_jobs
    where user_id = p_user_id and created_at > p_now - make_interval(secs => p_window_seconds)
    order by created_at desc offset p_job_limit - 1 limit 1;
  if found then
    return jsonb_build_object('outcome', 'job_limit_reached', 'oldest', v_oldest);
  end if;

  select status into v_asset_status from assets
    where user_id = p_user_id and id = p_input_asset_id and deleted_at is null for share;
  if not found then
    return jsonb_build_object('outcome', 'asset_not_found');
  elsif v_asset_status <> 'ready' then
    return jsonb_build_object('outcome', 'asset_not_ready');
  end if;

  select * into v_price from prices
    where kind = p_kind and model_tier = p_model_tier and quality_tier = p_quality_tier
      and valid_from <= p_now and (valid_until is null or valid_until > p_now)
    order by valid_from desc limit 1;
  if not found then
    return jsonb_build_object('outcome', 'price_unavailable');
  end if;
  v_units := case v_price.unit when 'second' then p_seconds else p_images end;
  v_credits := credits_for(v_units, v_price.milli_credits_per_unit, v_price.multiplier_percent);
  if v_price.id <> p_price_id or v_credits <> p_quoted_credits then
    return jsonb_build_object('outcome', 'price_changed', 'current', v_credits);
  end if;

  v_seq := hold_credits(p_user_id, p_job_id, v_credits, 'user', p_user_id::text, p_now);
  if v_seq is null then
    v_scope := spend_scope_of(p_user_id);
    select coalesce(sum(available) filter (where is_in_scope(v_scope, source, category)), 0),
        coalesce(sum(available) filter (where not is_in_scope(v_scope, source, category)), 0)
      into v_usable, v_excluded from credit_grants
      where user_id = p_user_id and available > 0
        and effective_at <= p_now and (expires_at is null or expires_at > p_now);
    v_overage := promise_overage(
      p_user_id, p_job_id, v_credits - v_usable,
      overage_cents_for(v_credits - v_usable, v_credits, v_units, v_price.base_price_micros, v_price.multiplier_percent),
      p_overage_cents, p_model_tier, p_now
    );
    if v_overage ->> 'outcome' = 'no_overage' then
      return jsonb_build_object('outcome', 'insufficient_credits', 'required', v_credits, 'available', v_usable)
        || case when v_excluded > 0 then jsonb_build_object('scope', v_scope, 'excluded', v_excluded) else '{}' end;
    elsif v_overage ->> 'outcome' <> 'promised' then
      return v_overage;
    end if;
    v_seq := hold_credits(p_user_id, p_job_id, v_credits, 'user', p_user_id::text, p_now);
  end if;

  insert into generation_jobs (
    user_id, id, kind, status, settings, request_hash, input_asset_id, provider,
    price_id, unit, units, milli_credits_per_unit, multiplier_percent, cancel_fee_percent,
    credits, hold_seq, max_attempts, available_at, created_at, deadline_at
  ) values (
    p_user_id, p_job_id, p_kind, 'queued', p_settings, p_request_hash, p_input_asset_id, p_provider,
    v_price.id, v_price.unit, v_units, v_price.milli_credits_per_unit, v_price.multiplier_percent,
    v_price.cancel_fee_percent, v_credits, v_seq, p_max_attempts, p_now, p_now, p_deadline_at
  ) returning * into v_job;
  insert into job_events (user_id, job_id, seq, kind, attempt, created_at)
    values (p_user_id, p_job_id, 1, 'queued', 0, p_now);
  insert into job_lanes (user_id, next_due_at, last_claimed_at) values (p_user_id, p_now, p_now)
    on conflict (user_id) do update
      set next_due_at = least(job_lanes.next_due_at, excluded.next_due_at);
  return jsonb_build_object('outcome', 'created') || describe_job(v_job);
end
$$;
