-- delete_assets: marks all of these files of a user as deleted, or none because a job still needs one of them.
--
-- Locks: the asset rows, by id. They are what submitting a job waits for: it either has its job in the table before
-- we look, or finds the photo deleted.
-- Returns {"inUse": id of the one in use} or {"deleted": the rows}; what is not there (any more) is not among them.
create or replace function delete_assets(p_user_id uuid, p_ids uuid[], p_now timestamptz)
returns jsonb language plpgsql as $$
declare
  v_ids uuid[];
  v_in_use uuid;
  v_deleted jsonb;
begin
  v_ids := array(
    select id from assets where user_id = p_user_id and id = any (p_ids) and deleted_at is null order by id for update
  );
  select input_asset_id into v_in_use from generation_jobs
    where user_id = p_user_id and input_asset_id = any (v_ids)
      and status in ('queued', 'processing', 'reconciling') limit 1;
  if found then
    return jsonb_build_object('inUse', v_in_use);
  end if;
  with marked as (
    update assets set deleted_at = p_now where user_id = p_user_id and id = any (v_ids) returning assets.*
  )
  select coalesce(jsonb_agg(to_jsonb(marked) order by id), '[]') into v_deleted from marked;
  return jsonb_build_object('deleted', v_deleted);
end
$$;
