-- first_event_since: the number of the user's first event at or after a time; one more than their newest event when
-- there is none. Events are numbered in the order in which they happen, so halving finds it with as many looks into
-- the primary key as the number of events has binary digits: dates need no index of their own, which every hold and
-- capture would have to pay for.
--
-- Locks: nothing. Reads as the role that calls. Processes whose clocks differ may number two events against their
-- times; callers who must not miss one ask for an hour earlier and compare the times as well.
create or replace function first_event_since(p_user_id uuid, p_time timestamptz)
returns bigint language plpgsql stable as $$
declare
  v_low bigint := 1;
  v_high bigint := coalesce((select seq + 1 from wallets where user_id = p_user_id), 1);
  v_middle bigint;
begin
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    if (select created_at >= p_time from credit_events where user_id = p_user_id and seq = v_middle) then
      v_high := v_middle;
    else
      v_low := v_middle + 1;
    end if;
  end loop;
  return v_low;
end
$$;
