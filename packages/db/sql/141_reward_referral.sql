-- lock_payment_wallets: the wallets that news of a payment may change: the payer's, made if there is none yet, and that
-- of whoever invited them. Called first, before any other wallet is locked.
--
-- Locks: both wallet rows, by user id. Returns how many there are.
create or replace function lock_payment_wallets(p_user_id uuid, p_now timestamptz)
returns integer language plpgsql as $$
declare
  v_wallets integer;
begin
  insert into wallets (user_id, updated_at) values (p_user_id, p_now) on conflict (user_id) do nothing;
  perform from wallets
    where user_id = p_user_id or user_id = (select referrer_id from referrals where referee_id = p_user_id)
    order by user_id for update;
  get diagnostics v_wallets = row_count;
  return v_wallets;
end
$$;

-- reward_referral: the first payment of somebody who was invited rewards the one who invited them, once the address of
-- the one who was invited is confirmed where that is asked for. Confirming it calls this again.
--
-- `p_user_id` is the one who has paid. The reward names their payment, so that what is taken back of the payment can
-- be taken back of the reward: hold_referral_reward.
-- Locks: the referral's row. The caller holds both wallets, locked in the order of their ids: lock_payment_wallets.
-- Idempotent: the key is `referral:{payer}`, and the referral remembers the one payment that counted.
-- Returns {"outcome": "rewarded", "referrerId", "credits"} or {"outcome": "nothing"}.
create or replace function reward_referral(
  p_user_id uuid,
  p_payment_reference text,
  p_grant_id uuid,
  p_credits bigint,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_referrer_id uuid;
begin
  update referrals set rewarded_at = p_now, payment_reference = p_payment_reference
    where referee_id = p_user_id and rewarded_at is null
      and not exists (select from users where id = p_user_id and awaits_verification)
    returning referrer_id into v_referrer_id;
  if not found or p_credits = 0 then
    return jsonb_build_object('outcome', 'nothing');
  end if;
  perform grant_credits(
    v_referrer_id, p_grant_id, 'referral', 'promo', p_credits, 'referral:' || p_user_id, 'system', 'referral', p_now,
    null, 50::smallint, 0, 'usd', p_payment_reference, null, null
  );
  return jsonb_build_object('outcome', 'rewarded', 'referrerId', v_referrer_id, 'credits', p_credits);
end
$$;

-- hold_referral_reward: the reward stands as long as any payment of the one who was invited does. When all of them
-- have been taken back, it goes; when one comes back or another is made, it comes back. A state told in whatever order.
--
-- Locks: nothing; the caller holds both wallets (lock_payment_wallets). Returns the id of the one who invited when a
-- payment has earned a reward, else null.
create or replace function hold_referral_reward(p_user_id uuid, p_stands boolean, p_now timestamptz)
returns uuid language plpgsql as $$
declare
  v_referral referrals;
  v_version bigint;
begin
  select * into v_referral from referrals where referee_id = p_user_id and rewarded_at is not null;
  if not found then
    return null;
  end if;
  -- A state needs a key that is new whenever something can move; the wallet's version is.
  select seq into strict v_version from wallets where user_id = v_referral.referrer_id;
  perform set_payment_reversed(
    v_referral.referrer_id, v_referral.payment_reference, (not p_stands)::integer, 1,
    format('referral_reversal:%s:%s', p_user_id, v_version), 'system', 'referral', 'the payment that earned it was reversed', p_now
  );
  return v_referral.referrer_id;
end
$$;
