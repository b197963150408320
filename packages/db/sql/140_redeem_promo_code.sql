-- redeem_promo_code: gives a user the credits of a promo code, once to each user and never more often than the
-- code's budget allows.
--
-- Locks: the wallet row, then the code's row. The budget is counted by a guarded update: of a hundred users who ask
-- for the last one at the same moment, exactly one finds it.
-- Idempotent: the key is `promo:{code}:{user}`; whoever asks again learns when it was, whatever became of the code.
-- Returns {"outcome"}: "redeemed" {credits, expiresAt}, "already_redeemed" {at}, "not_found", "disabled",
-- "not_started" {startsAt}, "ended", "used_up". Times are ISO strings.
create or replace function redeem_promo_code(
  p_user_id uuid,
  p_code text,
  p_grant_id uuid,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_key text := format('promo:%s:%s', p_code, p_user_id);
  v_code promo_codes;
  v_at timestamptz;
  v_expires_at timestamptz;
begin
  insert into wallets (user_id, updated_at) values (p_user_id, p_now)
    on conflict (user_id) do nothing;
  perform from wallets where user_id = p_user_id for update;
  select created_at into v_at from credit_events
    where user_id = p_user_id and idempotency_key = v_key;
  if found then
    return jsonb_build_object('outcome', 'already_redeemed', 'at', v_at);
  end if;

  update promo_codes set redeemed = redeemed + 1
    where code = p_code and disabled_at is null and redeemed < budget
      and starts_at <= p_now and (ends_at is null or ends_at > p_now)
    returning * into v_code;
  if not found then
    select * into v_code from promo_codes where code = p_code;
    return case
      when v_code.code is null then jsonb_build_object('outcome', 'not_found')
      when v_code.disabled_at is not null then jsonb_build_object('outcome', 'disabled')
      when v_code.starts_at > p_now
        then jsonb_build_object('outcome', 'not_started', 'startsAt', v_code.starts_at)
      when v_code.ends_at <= p_now then jsonb_build_object('outcome', 'ended')
      else jsonb_build_object('outcome', 'used_up')
    end;
  end if;

  -- Days of 24 hours: the session's time zone must not decide when credits run out.
  v_expires_at := p_now + v_code.credits_expire_days * interval '24 hours';
  perform grant_credits(
    p_user_id, p_grant_id, 'promo', 'promo', v_code.credits, v_key, 'user', p_user_id::text, p_now, v_expires_at,
    50::smallint, 0, 'usd', null, null, v_code.code
  );
  return jsonb_build_object('outcome', 'redeemed', 'credits', v_code.credits, 'expiresAt', v_expires_at);
end
$$;
