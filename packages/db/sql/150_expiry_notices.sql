-- due_expiry_notices: paid credits about which a letter is due: unspent, and within 30, 7 or 1 days of their expiry.
-- Only the most urgent step counts, and only once for one expiry: what is first seen five days before gets the
-- letter of seven days and never that of thirty. A grant is told about at most half its life ahead, so a month's
-- allowance is not announced to expire on the day it comes. Nothing is said of an allowance that the next period of
-- a running subscription takes over, nor to users who want no letters.
--
-- Locks: nothing. `p_user_id` null: of all users. core/notices.ts `noticeStep` is the rule of the steps as a pure
-- function; a test holds them together.
create or replace function due_expiry_notices(p_user_id uuid, p_now timestamptz)
returns table (user_id uuid, grant_id uuid, days smallint, expires_at timestamptz, credits bigint)
language sql stable as $$
  select g.user_id, g.id, step.days, g.expires_at, g.available
  from credit_grants g
  cross join lateral (
    select min(d)::smallint as days from unnest(array[30, 7, 1]) as d
    where g.expires_at <= p_now + d * interval '24 hours'
      and g.expires_at - g.effective_at >= 2 * d * interval '24 hours'
  ) step
  where g.category = 'paid' and g.available > 0 and (p_user_id is null or g.user_id = p_user_id)
    and g.expires_at > p_now and g.expires_at <= p_now + 30 * interval '24 hours'
    and step.days is not null
    and not exists (
      select from expiry_notices n
      where n.user_id = g.user_id and n.grant_id = g.id and n.expires_at = g.expires_at and n.days <= step.days
    )
    and not exists (
      select from user_preferences p where p.user_id = g.user_id and not p.email_notifications
    )
    and not (g.source = 'allowance' and exists (
      select from subscriptions s
      where s.user_id = g.user_id and s.status = 'active' and not s.cancel_at_period_end
    ))
$$;

-- note_expiry_notices: writes down that a user's letter about these credits is sent; the caller puts it into the
-- outbox in the same transaction. Whoever comes second, at the same time or later, gets an empty list.
--
-- Locks: the rows of the primary key it inserts, in its order; a second caller waits for the first.
-- Returns [{"credits", "expiresAt"}], soonest first.
create or replace function note_expiry_notices(p_user_id uuid, p_now timestamptz)
returns jsonb language plpgsql as $$
declare
  v_noted jsonb;
begin
  with due as (
    select * from due_expiry_notices(p_user_id, p_now)
  ), noted as (
    insert into expiry_notices as n (user_id, grant_id, days, expires_at, sent_at)
      select due.user_id, due.grant_id, due.days, due.expires_at, p_now from due order by due.grant_id
      on conflict on constraint expiry_notices_pkey do nothing
      returning n.grant_id
  )
  select coalesce(jsonb_agg(jsonb_build_object('credits', sum, 'expiresAt', at) order by at), '[]')
    into v_noted
    from (
      select due.expires_at as at, sum(due.credits) as sum
      from due join noted on noted.grant_id = due.grant_id group by due.expires_at
    ) letter;
  return v_noted;
end
$$;
