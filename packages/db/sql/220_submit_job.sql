-- submit_job: holds the price and queues the job, both or neither, in one round trip.
--
-- Locks: the photo's row (against its deletion), the wallet row (which makes the checks behind it exact for one user),
-- then the lane row. What does not depend on the user's other jobs is read before the wallet is locked: the next
-- submit of the same user waits for the lock, not for that.
-- Returns {"outcome": …} and what the caller needs to explain it:
--   created {photo, msPerUnit, queuePosition}: what the caller does not know about the job it has just described
--   existing (same id, same request) with what describe_job tells · job_id_reused
--   wallet_restricted {owed}
--   job_limit_reached {oldest} · asset_not_found · asset_not_ready · price_unavailable
--   price_changed {current} · insufficient_credits {required, available}, and {scope, excluded} when the user's own
--     switch keeps credits from being used: `available` are those that it allows
--   overage_changed {cents} · overage_limit_reached {limit, used, cents} · overage_unpaid {cents} · plan_past_due
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
  v_known record;
  v_asset assets;
  v_price prices;
  v_owed bigint;
  v_others record;
  v_job generation_jobs;
  v_units integer;
  v_credits bigint;
  v_seq bigint;
  v_usable bigint;
  v_excluded bigint;
  v_scope spend_scope;
  v_overage jsonb;
begin
  -- Several looks in one statement, for a statement costs more than a look.
  select
    (select a from assets a
      where user_id = p_user_id and id = p_input_asset_id and deleted_at is null for share) as asset,
    (select p from prices p
      where id = p_price_id and kind = p_kind and model_tier = p_model_tier and quality_tier = p_quality_tier
        and valid_from <= p_now and (valid_until is null or valid_until > p_now) and not exists (
          select from prices newer
          where newer.kind = p_kind and newer.model_tier = p_model_tier and newer.quality_tier = p_quality_tier
            and newer.valid_from > p.valid_from and newer.valid_from <= p_now
            and (newer.valid_until is null or newer.valid_until > p_now)
        )) as price,
    (select ms_per_unit from generation_estimates
      where key = p_kind || '/' || p_model_tier || '/' || p_quality_tier) as ms_per_unit,
    (select count(*) from (select from job_lanes where next_due_at is not null limit 22) waiting) as lanes
  into v_known;
  v_asset := v_known.asset;
  v_price := v_known.price;

  select owed into v_owed from wallets where user_id = p_user_id for update;
  if not found then
    return jsonb_build_object('outcome', 'insufficient_credits', 'required', p_quoted_credits, 'available', 0);
  end if;

  -- A statement of its own: it sees what was committed while we waited for the lock.
  select
    (select request_hash from generation_jobs where user_id = p_user_id and id = p_job_id) as request_hash,
    (select created_at from generation_jobs
      where user_id = p_user_id and created_at > p_now - make_interval(secs => p_window_seconds)
      order by created_at desc offset p_job_limit - 1 limit 1) as oldest
  into v_others;
  if v_others.request_hash = p_request_hash then
    select * into strict v_job from generation_jobs where user_id = p_user_id and id = p_job_id;
    return jsonb_build_object('outcome', 'existing') || describe_job(v_job);
  elsif v_others.request_hash is not null then
    return jsonb_build_object('outcome', 'job_id_reused');
  end if;
  if v_owed > 0 then
    return jsonb_build_object('outcome', 'wallet_restricted', 'owed', v_owed);
  end if;
  if v_others.oldest is not null then
    return jsonb_build_object('outcome', 'job_limit_reached', 'oldest', v_others.oldest);
  end if;
  if v_asset.id is null then
    return jsonb_build_object('outcome', 'asset_not_found');
  elsif v_asset.status <> 'ready' then
    return jsonb_build_object('outcome', 'asset_not_ready');
  end if;
  if v_price.id is null then
    -- Not what it costs now; then what does it?
    select * into v_price from prices
      where kind = p_kind and model_tier = p_model_tier and quality_tier = p_quality_tier
        and valid_from <= p_now and (valid_until is null or valid_until > p_now)
      order by valid_from desc limit 1;
    if not found then
      return jsonb_build_object('outcome', 'price_unavailable');
    end if;
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
  );
  insert into job_events (user_id, job_id, seq, kind, attempt, created_at)
    values (p_user_id, p_job_id, 1, 'queued', 0, p_now);
  insert into job_lanes (user_id, next_due_at, last_claimed_at) values (p_user_id, p_now, p_now)
    on conflict (user_id) do update set next_due_at = excluded.next_due_at
      where job_lanes.next_due_at is null or job_lanes.next_due_at > excluded.next_due_at;
  return jsonb_build_object(
    'outcome', 'created', 'photo', to_jsonb(v_asset), 'msPerUnit', v_known.ms_per_unit,
    -- With so many waiting there would be no answer anyway.
    'queuePosition', case when v_known.lanes < 22 then place_in_line(p_user_id, p_job_id, p_now) end
  );
end
$$;
