-- reserve_upload: a row that waits for a file, if the user may have another one this hour.
--
-- Locks: one upload of a user after another (advisory, until the commit), so that the limit is exact.
-- Returns 'reserved', also for the same request again · 'upload_id_reused' · 'too_many_uploads'.
create or replace function reserve_upload(
  p_user_id uuid,
  p_id uuid,
  p_object_key text,
  p_file_name text,
  p_content_type text,
  p_byte_size bigint,
  p_limit integer,
  p_window_seconds integer,
  p_now timestamptz
) returns text language plpgsql as $$
declare
  v_known assets;
begin
  perform pg_advisory_xact_lock(hashtextextended('uploads ' || p_user_id, 0));
  select * into v_known from assets where user_id = p_user_id and id = p_id;
  if found then
    return case
      when v_known.status = 'pending' and v_known.deleted_at is null and v_known.file_name = p_file_name
        and v_known.content_type = p_content_type and v_known.byte_size = p_byte_size then 'reserved'
      else 'upload_id_reused'
    end;
  end if;
  if p_limit <= (
    select count(*) from assets
    where user_id = p_user_id and kind = 'upload' and created_at > p_now - make_interval(secs => p_window_seconds)
  ) then
    return 'too_many_uploads';
  end if;
  insert into assets (user_id, id, kind, status, bucket, object_key, content_type, byte_size, file_name, created_at)
    values (p_user_id, p_id, 'upload', 'pending', 'uploads', p_object_key, p_content_type, p_byte_size, p_file_name, p_now);
  return 'reserved';
end
$$;
