-- check_new_credits: proves what has happened since the last time, for up to `p_limit` users after `p_after` (by id).
-- Reads the new events of users whose wallet has moved on, nothing else. A clean user's row in credit_checks moves
-- up; any doubt is settled by that user's whole history, so that a damaged credit_checks row heals itself.
--
-- Locks: rows of credit_checks only; the caller sees to it that one process does this at a time.
-- Returns {"users", "eventsChecked", "last": the last user's id or null, "violations": [{invariant, userId, …}]}.
create or replace function check_new_credits(p_limit integer, p_after uuid default '00000000-0000-0000-0000-000000000000')
returns jsonb language plpgsql as $$
declare
  v_users uuid[];
  v_doubtful uuid[] := '{}';
  v_proof record;
  v_events bigint := 0;
  v_violations jsonb := '[]';
begin
  v_users := array(
    select w.user_id from wallets w left join credit_checks c on c.user_id = w.user_id
    where w.user_id > p_after and w.seq <> coalesce(c.checked_seq, 0)
    order by w.user_id limit p_limit
  );
  for v_proof in select * from prove_credits(v_users, true) loop
    v_events := v_events + v_proof.events_checked;
    if v_proof.violations = '[]' then
      perform save_credit_check(v_proof.proof);
    else
      v_doubtful := v_doubtful || (v_proof.proof).user_id;
    end if;
  end loop;
  for v_proof in select * from prove_credits(v_doubtful, false) loop
    v_events := v_events + v_proof.events_checked;
    if v_proof.violations = '[]' then
      perform save_credit_check(v_proof.proof);
    else
      v_violations := v_violations || (
        select jsonb_agg(v || jsonb_build_object('userId', (v_proof.proof).user_id))
        from jsonb_array_elements(v_proof.violations) v
      );
    end if;
  end loop;
  return jsonb_build_object(
    'users', cardinality(v_users), 'eventsChecked', v_events,
    'last', v_users[cardinality(v_users)], 'violations', v_violations
  );
end
$$;

create or replace function save_credit_check(p_proof credit_checks) returns void language plpgsql as $$
begin
  delete from credit_checks where user_id = p_proof.user_id;
  insert into credit_checks select p_proof.*;
end
$$;
