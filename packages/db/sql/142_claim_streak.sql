-- streak_next_at: from when the day after a claim can be claimed. Locks: nothing.
create or replace function streak_next_at(p_last_day date, p_claimed_at timestamptz, p_time_zone text)
returns timestamptz language sql stable parallel safe as $$
  select greatest((p_last_day + 1)::timestamp at time zone p_time_zone, p_claimed_at + interval '20 hours')
$$;

-- claim_streak: today's credits for coming back, once for each calendar day of the user's time zone and never twice
-- within twenty hours, so that neither midnight nor a change of the zone earns a second day.
-- core/streaks.ts `streakAfter` is the same rule as a pure function.
--
-- Locks: the wallet row, then the streak's. Key: `streak:{user}:{day}`. The credits expire after `p_expire_days` days.
-- Returns {"outcome": "claimed", "days", "credits", "nextAt"} or {"outcome": "already_claimed", "nextAt"}.
create or replace function claim_streak(
  p_user_id uuid,
  p_grant_id uuid,
  p_credits bigint,
  p_expire_days integer,
  p_now timestamptz
) returns jsonb language plpgsql as $$
declare
  v_next_at timestamptz;
  v_zone text;
  v_today date;
  v_streak streaks;
  v_days integer;
begin
  insert into wallets (user_id, updated_at) values (p_user_id, p_now)
    on conflict (user_id) do nothing;
  perform from wallets where user_id = p_user_id for update;
  select time_zone into v_zone from user_preferences where user_id = p_user_id;
  v_zone := coalesce(v_zone, 'UTC');
  v_today := (p_now at time zone v_zone)::date;

  select * into v_streak from streaks where user_id = p_user_id for update;
  v_next_at := streak_next_at(v_streak.last_day, v_streak.updated_at, v_zone);
  if p_now < v_next_at then
    return jsonb_build_object('outcome', 'already_claimed', 'nextAt', v_next_at);
  end if;

  v_days := case when v_streak.last_day = v_today - 1 then v_streak.days + 1 else 1 end;
  insert into streaks (user_id, last_day, days, updated_at) values (p_user_id, v_today, v_days, p_now)
    on conflict (user_id) do update
      set last_day = excluded.last_day, days = excluded.days, updated_at = excluded.updated_at;
  if p_credits > 0 then
    perform grant_credits(
      p_user_id, p_grant_id, 'streak', 'promo', p_credits, format('streak:%s:%s', p_user_id, v_today), 'user',
      p_user_id::text, p_now, p_now + p_expire_days * interval '24 hours', 50::smallint, 0, 'usd', null, null, null
    );
  end if;
  return jsonb_build_object(
    'outcome', 'claimed', 'days', v_days, 'credits', p_credits,
    'nextAt', streak_next_at(v_today, p_now, v_zone)
  );
end
$$;

-- streak_of_user: how long the user's streak is now, 0 when a day was left out, and from when the next day can be
-- claimed, null: now. Locks: nothing.
create or replace function streak_of_user(p_user_id uuid, p_now timestamptz)
returns jsonb language sql stable as $$
  with zone as (
    select coalesce((select time_zone from user_preferences where user_id = p_user_id), 'UTC') as name
  ), streak as (
    select case when last_day >= (p_now at time zone name)::date - 1 then days else 0 end as days,
      streak_next_at(last_day, updated_at, name) as next_at
    from streaks, zone where user_id = p_user_id
  )
  select jsonb_build_object(
    'days', coalesce((select days from streak), 0),
    'nextAt', (select next_at from streak where next_at > p_now)
  )
$$;
